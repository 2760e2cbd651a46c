import { expect, it } from '@jest/globals';
import type { Happening } from '@beamline/stack';
import { describeEvent } from '../src/page/model/describe-event.ts';

const release = 'ab12cd34'.repeat(8);
const told = (happening: Happening) => describeEvent({ ...happening, id: 1, at: 0 });

it.each<[Happening, string, string]>([
  [{ kind: 'note', level: 'warning', text: 'node slow' }, 'warning', 'node slow'],
  [{ kind: 'snapshot', instance: 'world-0', slot: 1204, ref: 'r', bytes: 61_300, pages: 37, pagesReused: 21, ms: 31 }, 'plain', 'Snapshot of world-0 at slot 1,204: 61.3 kB in 31 ms, 21 of 37 pages reused'],
  [{ kind: 'drill', instance: 'world-0', slot: 1_204, ref: 'r', outcome: 'good', recoveryMs: 1_240, replayed: 1_300 }, 'good', 'Restore drill of world-0 at slot 1,204: back in 1.24 s, 1,300 messages replayed'],
  [{ kind: 'drill', instance: 'world-0', slot: 7, ref: 'r', outcome: 'bad', recoveryMs: 0, replayed: 0, detail: 'page 3 is damaged' }, 'bad', 'Restore drill of world-0 at slot 7 failed: page 3 is damaged'],
  [{ kind: 'recovery', instance: 'battle-1', state: 'done', ms: 2_310, rootsMatch: true }, 'good', 'Recovered battle-1 in 2.31 s, roots match'],
  [{ kind: 'recovery', instance: 'battle-1', state: 'done', rootsMatch: false }, 'bad', 'Recovered battle-1, roots differ'],
  [{ kind: 'write-pause', deployment: 'd', instance: 'world-0', ms: 203, held: 9 }, 'warning', 'world-0 paused writes for 203 ms, 9 messages held'],
  [{ kind: 'step', deployment: 'd', step: 'fencing', state: 'failed', detail: 'no answer' }, 'bad', 'Fence failed: no answer'],
  [{ kind: 'step', deployment: 'd', step: 'thawing', state: 'done', reverse: true, ms: 12 }, 'plain', 'Thaw the old (way back): 12 ms'],
  [{ kind: 'deployment', deployment: 'd', state: 'complete', from: '', to: release, version: '1.0.0', strategy: 'blue-green', ms: 1_400 }, 'good', 'Deployed 1.0.0 ab12cd34 in 1.40 s'],
  [{ kind: 'deployment', deployment: 'd', state: 'rolled-back', from: release, to: 'x', strategy: 'blue-green', detail: 'Move answers 500' }, 'warning', 'Rolled back to ab12cd34: Move answers 500'],
  [{ kind: 'deployment', deployment: 'd', state: 'aborted', from: '', to: 'x', strategy: 'blue-green' }, 'warning', 'Deployment aborted, nothing was deployed'],
])('tells %j', (happening, tone, text) => {
  expect(told(happening)).toEqual({ tone, text });
});
