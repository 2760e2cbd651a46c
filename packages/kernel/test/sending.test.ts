import { expect, it } from '@jest/globals';
import { send, type Sending } from '../src/index.ts';
import { createTestProcess, testId } from '../src/testing/index.ts';
import { arena } from './arena.ts';

const link = (name: string, process: string, mode = 'target') => ({ 'Link-Name': name, 'Link-Process': testId(process), 'Link-Mode': mode });

function sender(sendings: (n: number) => Sending[] = () => []) {
  let n = 0;
  return createTestProcess(arena({ actions: { Send: () => { n += 1; for (const sending of sendings(n)) send(sending); return 'sent'; } } }));
}

it('numbers messages per target, by name where it has one, also across a change of process', () => {
  const process = sender(() => [{ to: 'market', action: 'A' }, { to: testId('other'), action: 'B' }]);
  const sent = () => {
    process.say({ action: 'Send' });
    return [process.outbox['m1']!, process.outbox['m2']!].map(({ target, seq }) => `${`${target}`.replace(/-+$/, '')} ${seq}`);
  };
  process.operate('Link', link('market', 'blue'));
  expect([sent(), sent()]).toEqual([['blue 1', 'other 1'], ['blue 2', 'other 2']]);
  process.operate('Link', link('market', 'green', 'accept'));
  expect(sent()).toEqual(['blue 3', 'other 3']);
  process.operate('Link', link('market', 'green'));
  expect(sent()).toEqual(['green 4', 'other 4']);
  process.operate('Link', link('third', 'other'));
  expect(sent()).toEqual(['green 5', 'other 5']);
});

it('goes on from the higher number when a process that was written to by id gets a known name', () => {
  const process = sender((n) => [{ to: n < 4 ? testId('green') : 'market', action: 'A' }]);
  process.operate('Link', link('market', 'blue'));
  for (let n = 0; n < 3; n++) process.say({ action: 'Send' });
  process.operate('Link', link('market', 'green'));
  process.say({ action: 'Send' });
  expect(process.outbox['m1']).toMatchObject({ target: testId('green'), seq: '4' });
});

it('writing to a linked process by id or by name is one count', () => {
  const process = sender(() => [{ to: 'market', action: 'A' }, { to: testId('blue'), action: 'A' }]);
  process.operate('Link', link('market', 'blue'));
  process.say({ action: 'Send' });
  expect([process.outbox['m1']!['seq'], process.outbox['m2']!['seq']]).toEqual(['1', '2']);
});

it('refuses targets nobody named, tags of its own, and tags that hosts cannot carry', () => {
  const bad: Sending[] = [{ to: 'nowhere', action: 'A' },
    ...['seq', 'lineage', 'orig-id', 'from-process', 'path', 'Upper', 'a b', '', 'é'].map((name) => ({ to: testId('x'), action: 'A', tags: { [name]: '1' } })),
    { to: testId('x'), action: 'A', tags: { fine: 'é' } }, { to: testId('x'), action: 'A', tags: { fine: 'a\nb' } }];
  const process = sender((n) => [bad[n - 1]!]);
  for (const [at] of bad.entries()) {
    expect(process.say({ action: 'Send' })['code']).toBe(at === 0 ? 'kernel/unknown-link' : 'kernel/bad-tag');
    expect(process.outbox).toEqual({});
  }
});

it('names what it sends so that a node that delivers by name keeps the order', () => {
  const process = sender(() => Array.from({ length: 120 }, () => ({ to: testId('x'), action: 'A' })));
  process.say({ action: 'Send' });
  const inOrderOfNames = Object.entries(process.outbox).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { seq }]) => Number(seq));
  expect(inOrderOfNames).toEqual(Array.from({ length: 120 }, (_, n) => n + 1));
});

it('sends at most 512 messages a slot, or none', () => {
  const process = sender((n) => Array.from({ length: 511 + n }, () => ({ to: testId('x'), action: 'A' })));
  process.say({ action: 'Send' });
  expect(Object.keys(process.outbox).length).toBe(512);
  expect(process.say({ action: 'Send' })).toMatchObject({ outcome: 'error', code: 'kernel/outbox-full' });
  expect(process.outbox).toEqual({});
});

it('works only inside an action or a system', () => {
  expect(() => send({ to: testId('x'), action: 'A' })).toThrow(expect.stringContaining('kernel/send-outside'));
});

it('refuses links without a proper name or process', () => {
  const process = sender();
  for (const tags of [link('', 'x'), link('n'.repeat(65), 'x'), link('n'.repeat(43), 'x'), link('n', 'x', 'maybe'), { ...link('n', 'x'), 'Link-Process': 'short' }]) {
    expect(process.operate('Link', tags)).toMatchObject({ outcome: 'refused', code: 'kernel/bad-tag' });
  }
});
