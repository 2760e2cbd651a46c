/*
 * A picture of the dashboard.
 *   node --conditions=@beamline/source tools/screenshot.ts [--url http://127.0.0.1:7700] [--out docs/images/dashboard.png] [--dark] [--width 1440] [--full]
 * Without --url it shows a sample environment.
 */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '@beamline/core';
import { createSampleEnvironment } from '../apps/orchestrator/test/sample-environment.ts';
import { tellStory } from '../apps/orchestrator/test/sample-story.ts';
import { createOrchestrator } from '../apps/orchestrator/src/index.ts';
import { launchChromium } from '../test/chromium.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    out: { type: 'string', default: 'docs/images/dashboard.png' },
    dark: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    width: { type: 'string', default: '1440' },
    height: { type: 'string', default: '1000' },
  },
});

async function serveSample(): Promise<{ url: string; close(): Promise<void> }> {
  let at: number | undefined;
  const environment = createSampleEnvironment(systemClock);
  const timelineClock = { ...systemClock, now: () => at ?? systemClock.now() };
  environment.events = createSampleEnvironment(timelineClock).events;
  tellStory(environment, systemClock, (when, happening) => { at = when; environment.events.publish(happening); at = undefined; });
  return createOrchestrator({ environment, port: 0 });
}

const sample = values.url === undefined ? await serveSample() : undefined;
const browser = await launchChromium();
try {
  const page = await browser.newPage({
    viewport: { width: Number(values.width), height: Number(values.height) },
    deviceScaleFactor: 2,
    colorScheme: values.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  await page.goto(values.url ?? (sample as { url: string }).url);
  await page.locator('.connection.live').waitFor();
  await page.locator('[data-instance]').first().waitFor();
  await page.waitForTimeout(1_500); // two looks, so that the chart has drawn what it shows
  await mkdir(dirname(values.out), { recursive: true });
  await page.screenshot({ path: values.out, fullPage: values.full });
  console.log(values.out);
} finally {
  await browser.close();
  await sample?.close();
}
