import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';
import { createMeter } from '@beamline/metrics';
import { recoveryMetrics, recoveryRules } from '@beamline/persistence';
import { sampleDrill } from '@beamline/persistence/testing';

const RULES = recoveryRules({ withinMs: 10_000, drillEveryMs: 60_000 });

it('counts what drills prove, under the names that the rules ask for', async () => {
  const meter = createMeter({ clock: createManualClock(5_000_000) });
  const metrics = recoveryMetrics(meter);
  metrics.drilled({ ...sampleDrill({ at: 4_000_000 }), recoveryMs: 1_500 }, { instance: 'world-0', role: 'world' });
  metrics.drilled(sampleDrill({ at: 4_500_000, outcome: 'bad' }), { instance: 'world-0', role: 'world' });
  metrics.covered({ messages: 12, ageMs: 3_000 }, { instance: 'world-0', role: 'world' });
  const text = await meter.prometheusText();
  for (const line of [
    'beamline_recovery_time_seconds{instance="world-0",role="world"} 1.5',
    'beamline_recovery_proved_timestamp_seconds{instance="world-0",role="world"} 4000',
    'beamline_recovery_point_messages{instance="world-0",role="world"} 12',
    'beamline_recovery_point_seconds{instance="world-0",role="world"} 3',
    'beamline_recovery_drills_total{instance="world-0",role="world",outcome="bad"} 1',
  ]) expect(text).toContain(line);
  const asked = [...RULES.matchAll(/beamline_recovery_\w+/g)].map(([name]) => name);
  for (const name of asked) expect(text).toContain(`# TYPE ${name} `);
});

const installed = spawnSync('promtool', ['--version']).error === undefined;
const name = installed ? 'fires on silence, failure and slowness, in Prometheus' : 'did not run: promtool is not installed (apt-get install prometheus) — fires on silence, failure and slowness';

(installed ? it : it.skip)(name, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rules-'));
  try {
    await writeFile(join(folder, 'rules.yml'), RULES);
    const series = (metric: string, values: string) => `      - series: '${metric}{instance="world-0"${metric.endsWith('total') ? ', outcome="bad"' : ''}}'\n        values: '${values}'\n`;
    const expected = (minutes: number, alert: string, fires: boolean) =>
      `      - eval_time: ${minutes}m\n        alertname: ${alert}\n        exp_alerts: ${fires ? `\n          - exp_labels: { severity: page${alert === 'BeamlineRecoverySilent' ? '' : ', instance: world-0'}${alert.endsWith('Failed') ? ', outcome: bad' : ''} }\n            exp_annotations: { summary: ${JSON.stringify(SUMMARY[alert])} }` : '[]'}\n`;
    await writeFile(join(folder, 'test.yml'), `rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n${
      series('beamline_recovery_proved_timestamp_seconds', '0 60 120 120 120 120 120 _ _ stale')}${
      series('beamline_recovery_time_seconds', '2 2 2 12 2')}${
      series('beamline_recovery_drills_total', '0 0 0 1 1')}    alert_rule_test:\n${
      expected(2, 'BeamlineRecoveryUnproved', false)}${expected(5, 'BeamlineRecoveryUnproved', true)}${
      expected(2, 'BeamlineRecoverySlow', false)}${expected(3, 'BeamlineRecoverySlow', true)}${
      expected(2, 'BeamlineRecoveryDrillFailed', false)}${expected(4, 'BeamlineRecoveryDrillFailed', true)}${
      expected(2, 'BeamlineRecoverySilent', false)}${expected(12, 'BeamlineRecoverySilent', true)}`);
    const { stdout, stderr, status } = spawnSync('promtool', ['test', 'rules', 'test.yml'], { cwd: folder, encoding: 'utf8' });
    expect(`${stdout}${stderr}`).toContain('SUCCESS');
    expect(status).toBe(0);
  } finally {
    await rm(folder, { recursive: true });
  }
});

const SUMMARY: Record<string, string> = {
  BeamlineRecoveryUnproved: 'No snapshot of world-0 was proved in time',
  BeamlineRecoverySilent: 'Nobody proves that snapshots can be restored',
  BeamlineRecoveryDrillFailed: 'A snapshot of world-0 did not come back',
  BeamlineRecoverySlow: 'Recovery of world-0 takes longer than asked for',
};
