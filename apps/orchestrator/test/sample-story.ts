import type { Clock } from '@beamline/core';
import type { Happening } from '@beamline/stack';
import { instance, snapshot, V1, V2, type SampleEnvironment } from './sample-environment.ts';

const STEPS: [string, number, string?][] = [
  ['publishing', 84], ['spawning', 61], ['introducing', 33], ['restoring', 912, '214 pages, migrated by add-mood, split-stats'],
  ['catching-up', 334, '31 pages'], ['catching-up', 96, '4 pages'], ['checking', 47], ['fencing', 22], ['transferring', 148, 'roots match'],
  ['activating', 31], ['handing-over', 117], ['routing', 19], ['linking', 28], ['reconciling', 64],
];

/** A believable last three minutes for pictures: history, an upgrade that is proving itself, snapshots, a recovery. */
export function tellStory(sample: SampleEnvironment, clock: Clock, publishAt: (at: number, happening: Happening) => void): void {
  const now = clock.now();
  const wave = (at: number, period: number, phase: number): number => Math.sin((at / period) * 2 * Math.PI + phase);
  const jitter = (at: number, salt: number): number => ((Math.imul(at + salt * 7_919, 2_654_435_761) >>> 8) % 1_000) / 1_000;
  for (let second = 176; second >= 1; second -= 1) {
    const pause = second === 18 || second === 19;
    const rate = (base: number, salt: number): number =>
      pause ? base * 0.15 : Math.max(0, base * (0.85 + 0.12 * wave(second, 47, salt) + 0.22 * jitter(second, salt))) * (second > 168 ? (176 - second) / 8 : 1);
    sample.history.push({ at: now - second * 1_000, byInstance: { 'world-0': rate(34, 1), 'battle-0': rate(15, 2), 'battle-1': rate(13, 3), 'market-0': rate(8, 4) } });
  }
  sample.release = { id: V2, version: '2.0.0' };
  sample.instances = [
    instance('world-0', { release: V2, entities: 1_284, applied: 9_871, slot: 10_120, messagesPerSecond: 36.4, refused: 12, duplicates: 41 }),
    instance('battle-0', { release: V2, entities: 412, applied: 4_203, slot: 4_261, messagesPerSecond: 15.2, refused: 3, duplicates: 17 }),
    instance('battle-1', { release: V2, entities: 397, applied: 3_988, slot: 4_020, messagesPerSecond: 12.9, lag: 1, duplicates: 15 }),
    instance('market-0', { release: V1, entities: 1_006, applied: 2_117, slot: 2_133, messagesPerSecond: 7.7, refused: 8, duplicates: 6 }),
  ];
  sample.snapshots = [
    snapshot('world-0', 9_804, { at: now - 9_000 }), snapshot('market-0', 2_050, { at: now - 34_000, bytesAdded: 4_100, pages: 18, pagesReused: 17, root: '51be09' }),
    snapshot('battle-1', 3_711, { at: now - 36_000, bytesAdded: 11_900, pages: 12, pagesReused: 7, root: 'c0de88' }), snapshot('battle-0', 3_902, { at: now - 38_000, bytesAdded: 12_700, pages: 12, pagesReused: 6, root: '77aa10' }),
    snapshot('world-0', 8_660, { at: now - 41_000, bytesAdded: 182_400, pagesReused: 0, root: '08d2f4' }),
  ];

  publishAt(now - 170_000, { kind: 'deployment', deployment: 'd1', state: 'running', from: '', to: V1, version: '1.0.0', strategy: 'first' });
  publishAt(now - 168_600, { kind: 'deployment', deployment: 'd1', state: 'complete', from: '', to: V1, version: '1.0.0', strategy: 'first', ms: 1_400 });
  publishAt(now - 165_000, { kind: 'note', level: 'info', text: '200 players joined, 50 signed messages a second' });
  publishAt(now - 92_000, { kind: 'recovery', instance: 'battle-1', state: 'started', detail: 'process stopped computing at slot 1,902' });
  publishAt(now - 89_700, { kind: 'recovery', instance: 'battle-1', state: 'done', ms: 2_310, rootsMatch: true });
  publishAt(now - 41_000, { kind: 'snapshot', instance: 'world-0', slot: 8_660, ref: 's1', bytes: 182_400, pages: 37, pagesReused: 0, ms: 46 });
  const begin = now - 20_600;
  publishAt(begin, { kind: 'deployment', deployment: 'd2', state: 'running', from: V1, to: V2, version: '2.0.0', strategy: 'blue-green' });
  let at = begin;
  for (const [step, ms, detail] of STEPS) {
    publishAt(at, { kind: 'step', deployment: 'd2', step, state: 'started' });
    publishAt(at += ms, { kind: 'step', deployment: 'd2', step, state: 'done', ms, ...(detail ? { detail } : {}) });
  }
  publishAt(at, { kind: 'write-pause', deployment: 'd2', instance: 'world-0', ms: 203, held: 9 });
  publishAt(at, { kind: 'write-pause', deployment: 'd2', instance: 'battle-0', ms: 176, held: 3 });
  publishAt(at, { kind: 'write-pause', deployment: 'd2', instance: 'battle-1', ms: 181, held: 2 });
  publishAt(at, { kind: 'step', deployment: 'd2', step: 'proving', state: 'started' });
  publishAt(now - 9_000, { kind: 'snapshot', instance: 'world-0', slot: 9_804, ref: 's2', bytes: 61_300, pages: 37, pagesReused: 21, ms: 31 });
}
