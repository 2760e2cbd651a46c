import { expect, it } from '@jest/globals';
import { judge, rehearsalMarkdown, rehearsalText } from '../../src/rehearsal/index.ts';
import { difference, instance, rehearsal } from './report-builder.ts';

const report = judge({
  ...rehearsal(
    instance({
      short: 'it has received no more', chaos: { reordered: 1, delayed: 2, duplicated: 3, killed: 2 },
      differences: [
        difference({ kind: 'error', at: 'Dig.kernel/arithmetic', source: 'src/dig.ts:7', examples: [{ slot: 9, new: 'Dig: a|b `c` <img src=x> @everyone' }] }),
        difference({ kind: 'state', at: 'Player.x', examples: [{ slot: 5, entity: 4, old: '1', new: '2' }] }),
      ],
      cost: { counted: 9, message: { name: 'message', old: 1_000, new: 1_070 }, systems: [{ name: 'hunger', old: 400, new: 470 }, { name: 'rest', old: 5, new: 5 }], actions: [] },
    }),
    instance({ instance: 'battle-0', role: 'battle' }),
  ),
  chaos: 7, skipped: ['market-0'], fork: { instances: ['world-0'], problems: ['nobody can join'] },
}, { allow: [{ kind: 'state' }] });

it('tells people what differs, where, and what to do about it', () => {
  expect(rehearsalText(report).split('\n')).toEqual([
    'Rehearsal failed: 1000 messages through both releases, chaos with seed 7',
    'world-0: 1 place differs, 1 as allowed; 500 messages, slots 101 to 600: it has received no more (1 in another order, 2 late, 3 twice, killed 2 times)',
    '  DIFFERS  error Dig.kernel/arithmetic, 3 times, at src/dig.ts:7',
    '             slot 9: nothing → Dig: a|b `c` <img src=x> @everyone',
    '  allowed  state Player.x, 3 times',
    '  a message takes 1000 → 1070 (× 1.07) instructions',
    '  system hunger: 400 → 470 (× 1.18)',
    'battle-0: nothing differs; 500 messages, slots 101 to 600',
    '  a message takes 1000 instructions',
    'market-0: new, nothing to rehearse',
    'Smoke tests on a fork of 1 process: 1 problem',
    '  nobody can join',
    'What of this is intended belongs into rehearsal.allow of the environment:',
    '  { kind: \'error\', role: \'world\', at: \'Dig.kernel/arithmetic\' },',
  ]);
});

it('tells pull requests the same, and lets nothing of a game become markup', () => {
  const markdown = rehearsalMarkdown(report);
  expect(markdown).toContain('### Rehearsal failed: 1000 messages through both releases, chaos with seed 7');
  expect(markdown).toContain('| **differs** | error | `Dig.kernel/arithmetic` | 3 | slot 9: nothing → Dig: a\\|b \'c\' &lt;img src=x&gt; @\u200beveryone at `src/dig.ts:7` |');
  expect(markdown).toContain('| allowed | state | `Player.x` | 3 | slot 5, entity 4: 1 → 2 |');
  expect(markdown).toContain('| hunger | 400 | 470 | × 1.18 |');
  expect(markdown).toContain('```ts\n{ kind: \'error\', role: \'world\', at: \'Dig.kernel/arithmetic\' },\n```');
});
