import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { systemClock } from '@beamline/core';
import { createOrchestrator, type Orchestrator, type OrchestratorOptions } from '@beamline/orchestrator';
import type { Browser, Page } from 'playwright-core';
import { createSampleEnvironment, instance, snapshot, V1, V2 } from '../apps/orchestrator/test/sample-environment.ts';
import { launchChromium } from './chromium.ts';

let browser: Browser;
beforeAll(async () => { browser = await launchChromium(); }, 60_000);
afterAll(() => browser.close());

async function onPage(options: Partial<OrchestratorOptions>, use: (page: Page, environment: ReturnType<typeof createSampleEnvironment>, server: Orchestrator) => Promise<void>): Promise<void> {
  const environment = createSampleEnvironment(systemClock);
  const server = await createOrchestrator({ environment, port: 0, intervalMs: 100, ...options });
  const page = await browser.newPage({ reducedMotion: 'reduce' });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  try {
    await page.goto(server.url);
    await use(page, environment, server);
    expect(errors).toEqual([]);
  } finally {
    await page.close();
    await server.close();
  }
}

it('shows instances and their numbers, and follows them', async () => {
  await onPage({}, async (page, environment) => {
    await page.getByRole('heading', { name: 'arena' }).waitFor();
    await page.getByText('Healthy').first().waitFor();
    expect(await page.locator('[data-instance]').count()).toBe(4);

    environment.instances[0] = instance('world-0', { entities: 1_284, messagesPerSecond: 36.4, applied: 9_871 });
    const card = page.locator('[data-instance=world-0]');
    await card.getByText('1,284').waitFor();
    await card.getByText('36', { exact: true }).waitFor();

    environment.instances[1] = instance('battle-0', { health: 'down', phase: 'unknown', lastError: 'has computed nothing since slot 12' });
    await page.locator('[data-instance=battle-0]').getByRole('alert').getByText('has computed nothing since slot 12').waitFor();
    await page.locator('.overall.down').waitFor();
    await page.getByText('of 4 up').waitFor();
  });
}, 60_000);

it('shows a deployment while it happens, its write pause, and its way back', async () => {
  await onPage({}, async (page, { events }) => {
    await page.getByText('None yet.').first().waitFor();
    const about = { kind: 'step', deployment: 'd1' } as const;
    events.publish({ kind: 'deployment', deployment: 'd1', state: 'running', from: V1, to: V2, version: '2.0.0', strategy: 'blue-green' });
    await page.getByText('Deploying 2.0.0').first().waitFor();
    events.publish({ ...about, step: 'fencing', state: 'started' });
    await page.locator('.steps .pausing.started', { hasText: 'writes wait' }).waitFor();
    events.publish({ ...about, step: 'fencing', state: 'done', ms: 22 });
    await page.locator('.steps .done', { hasText: '22 ms' }).waitFor();
    events.publish({ kind: 'write-pause', deployment: 'd1', instance: 'world-0', ms: 203, held: 9 });
    await page.getByRole('row', { name: 'world-0 203 ms 9 held' }).waitFor();
    events.publish({ ...about, step: 'proving', state: 'started' });
    events.publish({ ...about, step: 'proving', state: 'failed', detail: 'Move answers 500' });
    events.publish({ ...about, step: 'spawning', state: 'started', reverse: true });
    await page.getByText('Way back').waitFor();
    events.publish({ kind: 'deployment', deployment: 'd1', state: 'rolled-back', from: V1, to: V2, strategy: 'blue-green', ms: 1_900 });
    await page.getByText('Rolled back in 1.90 s').waitFor();
  });
}, 60_000);

it('lists snapshots and recoveries', async () => {
  await onPage({}, async (page, environment) => {
    environment.snapshots = [snapshot('world-0', 1_204)];
    await page.getByRole('row', { name: /world-0 1,204 61.3 kB 21\/37/ }).waitFor();
    environment.events.publish({ kind: 'recovery', instance: 'battle-1', state: 'done', ms: 2_310, rootsMatch: true });
    await page.getByRole('region', { name: 'Recoveries' }).getByText('Recovered battle-1 in 2.31 s, roots match').waitFor();
  });
}, 60_000);

it('shows what the bundles consist of, and what changed since the release before', async () => {
  await onPage({}, async (page, environment) => {
    await page.locator('[data-instance=world-0]').waitFor();
    environment.sizesSeen = {
      release: { id: V2, version: '2.0.0' }, before: { id: V1, version: '1.0.0' },
      roles: [{
        role: 'world', bytes: 40_000, gzipBytes: 12_000, before: { bytes: 38_500, gzipBytes: 11_000 },
        modules: [{ path: '@beamline/kernel/src/step.ts', origin: 'kernel', bytes: 30_000, before: 30_500 }, { path: 'src/running.ts', origin: 'game', bytes: 10_000, before: 8_000 }],
      }, { role: 'market', bytes: 20_000, gzipBytes: 6_000, before: { bytes: 20_000, gzipBytes: 6_000 }, modules: [{ path: 'src/market.lua', origin: 'game', bytes: 20_000, before: 20_000 }] }],
    };
    environment.release = { id: V2, version: '2.0.0' };
    const sizes = page.getByRole('region', { name: 'Bundle sizes' });
    await sizes.getByText('before: 1.0.0').waitFor();
    const world = sizes.locator('[data-role=world]');
    await world.getByText('+1.5 kB').waitFor();
    const widths = await world.getByRole('img', { name: 'world: 40.0 kB' }).locator('rect').evaluateAll((rects) => rects.map((rect) => rect.getBoundingClientRect().width));
    const [game = 0, kernel = 0] = widths;
    expect(kernel / game).toBeCloseTo(3, 1);
    expect(await sizes.getByRole('img').count()).toBe(4);
    await world.locator('summary').click();
    await world.getByRole('row', { name: 'src/running.ts 10.0 kB +2.0 kB' }).waitFor();
    await world.getByRole('row', { name: '@beamline/kernel/src/step.ts 30.0 kB −500 B' }).waitFor();
  });
}, 60_000);

it('draws the chart from the history and goes on with it', async () => {
  await onPage({}, async (page, environment) => {
    await page.locator('.chart canvas').waitFor();
    environment.instances[0] = instance('world-0', { messagesPerSecond: 50 });
    await page.getByRole('img', { name: /world 50/ }).waitFor();
    // Enough pixels in the colour of the first role: the line is there.
    await page.waitForFunction(`(() => {
      const canvas = document.querySelector('.chart canvas');
      const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      let blue = 0;
      for (let at = 0; at < pixels.length; at += 4) if (pixels[at + 2] > 180 && pixels[at] < 90 && pixels[at + 3] > 200) blue += 1;
      return blue > 20;
    })()`);
  });
}, 60_000);

it('says that it lost the server, and catches up when it is back', async () => {
  await onPage({}, async (page, environment, server) => {
    await page.getByText('Live', { exact: true }).waitFor();
    environment.events.publish({ kind: 'note', level: 'info', text: 'said before' });
    await page.getByText('said before').waitFor();
    await server.close();
    await page.getByText('Reconnecting').waitFor();
    environment.events.publish({ kind: 'note', level: 'info', text: 'said meanwhile' });
    const again = await createOrchestrator({ environment, port: Number(new URL(server.url).port), intervalMs: 100 });
    try {
      await page.getByText('said meanwhile').waitFor();
      expect(await page.getByText('said before').count()).toBe(1);
    } finally {
      await again.close();
    }
  });
}, 60_000);

it('asks for the token when there is one', async () => {
  await onPage({ token: 'secret' }, async (page) => {
    await page.getByLabel('Access token').fill('wrong');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('This token was refused.').waitFor();
    await page.getByLabel('Access token').fill('secret');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.locator('[data-instance=world-0]').waitFor();
  });
}, 60_000);
