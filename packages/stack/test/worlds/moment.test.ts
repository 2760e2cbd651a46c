import { describe, expect, it } from '@jest/globals';
import { emptyState, type DeploymentReport } from '@beamline/deployer';
import { parseMoment } from '../../src/worlds/moment.ts';
import { servedBefore } from '../../src/worlds/served-before.ts';

const NOW = Date.parse('2026-11-27T12:00:00Z');

describe('a moment', () => {
  it.each([
    ['now', { kind: 'now' }], ['@1204', { kind: 'slot', slot: 1204 }], ['7', { kind: 'slot', slot: 7 }],
    ['2026-11-27T11:00:00Z', { kind: 'time', at: NOW - 3_600_000 }], ['-15m', { kind: 'time', at: NOW - 900_000 }], ['-2d', { kind: 'time', at: NOW - 172_800_000 }],
    [`p_-1@12:${'ab'.repeat(32)}`, { kind: 'snapshot', ref: { process: 'p_-1', slot: 12, sha256: 'ab'.repeat(32) } }],
  ])('is read from %s', (text, moment) => {
    expect(parseMoment(text, NOW)).toEqual(moment);
  });

  it.each(['', 'yesterday', '-15', '@', '12.5', '2026-13-45', '-1w'])('is not guessed from %j', (text) => {
    expect(() => parseMoment(text, NOW)).toThrow(expect.objectContaining({ code: 'stack/bad-moment' }) as unknown as Error);
  });

  it('is refused as a snapshot that names none', () => {
    expect(() => parseMoment('p@12:ab', NOW)).toThrow(expect.objectContaining({ code: 'persistence/bad-ref' }) as unknown as Error);
  });
});

it('knows who served before, newest first, on the way back too', () => {
  const report = (blue: string | undefined, green: string, back?: string): DeploymentReport =>
    ({ instances: { 'world-0': { ...(blue && { blue }), green } }, ...(back && { reverse: { 'world-0': { blue: green, green: back } } }) }) as unknown as DeploymentReport;
  const state = { ...emptyState('local', 'g'), instances: { 'world-0': { process: 'e' } }, history: [report(undefined, 'a'), report('a', 'b'), report('b', 'c', 'd')] };
  expect(servedBefore(state as unknown as Parameters<typeof servedBefore>[0], 'world-0')).toEqual(['e', 'd', 'c', 'b', 'a']);
});
