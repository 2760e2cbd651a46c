import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';
import { createCollector, createMeter } from '../src/index.ts';
import { fakeNetwork, health, ref } from './fake-network.ts';

const installed = spawnSync('promtool', ['--version']).error === undefined;
const name = installed
  ? 'writes text that promtool accepts'
  : 'did not run: promtool is not installed (apt-get install prometheus) — writes text that promtool accepts';

(installed ? it : it.skip)(name, async () => {
  const clock = createManualClock(10_000);
  const meter = createMeter({ clock });
  meter.histogram('deploy_step_seconds', 'Duration of a deployment step').record(0.012, { step: 'fence' });
  const network = fakeNetwork({ 'process-of-world-0': { health: health(), scheduled: 5, computed: 5 } });
  await createCollector({ network, instances: () => [ref('world-0')], clock, meter }).sample();
  const verdict = spawnSync('promtool', ['check', 'metrics'], { input: await meter.prometheusText(), encoding: 'utf8' });
  expect(verdict.stderr).toBe('');
  expect(verdict.status).toBe(0);
});
