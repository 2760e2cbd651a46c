import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buildRole, readSourceGraph } from '@beamline/bundler';
import { analyse, baselineOf, reportHtml, type Analysis } from '@beamline/bundler/analysis';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from './chromium.ts';

const source = { role: 'board', entry: 'v1.ts', root: new URL('./cli-game', import.meta.url).pathname, target: 'lua' } as const;
let browser: Browser;
let folder: string;
let analysis: Analysis;
beforeAll(async () => {
  [browser, folder, analysis] = await Promise.all([
    launchChromium(), mkdtemp(join(tmpdir(), 'size-report-')), buildRole(source).then((bundle) => analyse([{ bundle, graph: readSourceGraph(source) }])),
  ]);
}, 240_000);
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

async function onPage(html: string, use: (page: Page) => Promise<void>, options: Parameters<Browser['newPage']>[0] = {}): Promise<void> {
  const file = join(folder, 'report.html');
  await writeFile(file, html);
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const [requests, errors]: [string[], string[]] = [[], []];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
  try {
    await page.goto(pathToFileURL(file).href);
    await use(page);
    expect(requests).toEqual([pathToFileURL(file).href]);
    expect(errors).toEqual([]);
  } finally {
    await page.close();
  }
}

const board = () => analysis.roles['board']!;

it('draws every module as large as its bytes, inside of its map, and asks the network for nothing', async () => {
  await onPage(reportHtml(analysis, { title: 'scores 1.0.0' }), async (page) => {
    const [map] = await page.locator('.map').all();
    const outer = (await map!.boundingBox())!;
    const boxes = await page.locator('.map button').evaluateAll((list) => list.map((each) => {
      const { x, y, width, height } = each.getBoundingClientRect();
      return { path: each.getAttribute('data-path'), x, y, width, height };
    }));
    expect(boxes.map(({ path }) => path).sort()).toEqual(board().modules.map(({ path }) => path).sort());
    for (const { x, y, width, height } of boxes) {
      expect(x).toBeGreaterThanOrEqual(outer.x - 0.5);
      expect(y).toBeGreaterThanOrEqual(outer.y - 0.5);
      expect(x + width).toBeLessThanOrEqual(outer.x + outer.width + 0.5);
      expect(y + height).toBeLessThanOrEqual(outer.y + outer.height + 0.5);
    }
    const area = (path: string) => boxes.filter((box) => box.path === path).map(({ width, height }) => width * height)[0]!;
    const [first, second] = board().modules.filter(({ origin }) => origin === 'kernel');
    expect(area(first!.path) / area(second!.path)).toBeCloseTo(first!.bytes / second!.bytes, 1);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });
});

it('shows bytes and the way of imports to who comes with the keyboard', async () => {
  await onPage(reportHtml(analysis, { title: 'scores 1.0.0' }), async (page) => {
    await page.keyboard.press('Tab');
    const [largest, next] = await page.locator('.map button').evaluateAll((list) => list.map((each) => each.getAttribute('data-path')));
    await expect(page.locator('.about b').textContent()).resolves.toBe(largest);
    await page.keyboard.press('ArrowRight');
    await expect(page.locator('.about b').textContent()).resolves.toBe(next);
    const module = board().modules.find(({ path }) => path === next)!;
    const about = await page.locator('.about').textContent();
    expect(about).toContain(`${module.bytes.toLocaleString('en-US')} bytes minified`);
    expect(about).toContain(`Here because of ${module.why.join(' › ')}`);
    await page.keyboard.press('Tab'); // one step leaves the map
    await page.keyboard.press('Enter');
    expect(await page.locator('details').first().getAttribute('open')).not.toBeNull();
    await page.getByRole('cell', { name: 'Add', exact: true }).waitFor();
  });
});

it('draws what was half as large on half the area', async () => {
  const sizes = baselineOf(analysis).roles['board']!;
  const modules = Object.fromEntries(Object.entries(sizes.modules).map(([path, bytes]) => [path, bytes / 2]));
  await onPage(reportHtml(analysis, { title: 'scores 1.0.0', baseline: { version: 1, roles: { board: { ...sizes, bytes: sizes.bytes / 2, modules } } } }), async (page) => {
    const [before, after] = await Promise.all((await page.locator('.map').all()).map((map) => map.boundingBox()));
    expect((before!.width * before!.height) / (after!.width * after!.height)).toBeCloseTo(0.5, 2);
  });
});

it('draws before and after side by side and marks what changed', async () => {
  const { roles } = baselineOf(analysis);
  const sizes = roles['board']!;
  const baseline = { version: 1, roles: { board: { ...sizes, bytes: sizes.bytes - 200, modules: { ...sizes.modules, 'score.ts': sizes.modules['score.ts']! - 200 } } } } as const;
  await onPage(reportHtml(analysis, { title: 'scores 1.0.0', baseline }), async (page) => {
    const [before, after] = await Promise.all((await page.locator('.map').all()).map((map) => map.boundingBox()));
    expect(before!.x + before!.width).toBeLessThan(after!.x);
    expect(await page.locator('.map .grew').evaluateAll((list) => list.map((each) => each.getAttribute('data-path')))).toEqual(['score.ts']);
    await page.locator('.head').getByText('+200').waitFor();
  });
});

it('is dark where the system is, and fits a telephone', async () => {
  await onPage(reportHtml(analysis, { title: 'scores 1.0.0' }), async (page) => {
    const luminance = () => page.evaluate<number>('Number(/[0-9]+/.exec(getComputedStyle(document.body).backgroundColor)[0])');
    expect(await luminance()).toBeLessThan(60);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await luminance()).toBeGreaterThan(200);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  }, { colorScheme: 'dark', viewport: { width: 390, height: 800 } });
});
