import { expect, it } from '@jest/globals';
import { createAosProcess } from '../src/index.ts';
import { testId } from '../src/testing/index.ts';
import { arena } from './arena.ts';

function open() {
  const handle = createAosProcess(arena(), { layout: 'layout-1' });
  const environment = { Process: { Id: testId('world'), Owner: testId('owner'), Tags: [{ name: 'Authority', value: testId('mu') }] } };
  let nonce = -1;
  const send = (from: string, owner: string, tags: Record<string, string>, data = '') => {
    nonce += 1;
    return handle({ Id: testId(`m${nonce}`), From: testId(from), Owner: testId(owner), Tags: tags, Data: data, Timestamp: 1000, Nonce: nonce }, environment);
  };
  send('owner', 'owner', { Type: 'Process' });
  return send;
}

it('plays the same game behind aos, with tags in any case', () => {
  const send = open();
  expect(send('ann', 'ann', { Action: 'Join', Seq: '1' }).Output).toMatchObject({ outcome: 'ok', data: 'welcome' });
  expect(send('ann', 'ann', { Action: 'Join', Seq: '1' }).Output).toMatchObject({ outcome: 'duplicate', health: { applied: 1, duplicates: 1 } });
});

it('believes a process only through an authority', () => {
  const send = open();
  expect(send('market', 'mu', { Action: 'When' }).Output['data']).toContain(`${testId('market')} process`);
  expect(send('market', 'eve', { Action: 'When' }).Output).toMatchObject({ outcome: 'refused', code: 'kernel/no-sender' });
});

it('takes one of several tags whose names differ by case alone, whatever order the host gives them in', () => {
  const answer = (tags: unknown) => open()('ann', 'ann', tags as Record<string, string>).Output['data'];
  const [first, second] = [{ Action: 'When', action: 'Join', seq: '1' }, { seq: '1', action: 'Join', Action: 'When' }];
  expect([answer(first), answer(second)]).toEqual(['welcome', 'welcome']);
  const list = [{ name: 'seq', value: '1' }, { name: 'action', value: 'When' }, { name: 'Action', value: 'Join' }];
  expect(answer(list)).toBe('welcome');
  // As Lua may walk through a list of more than ten.
  const entries = [...Array.from({ length: 9 }, () => ({ name: 'action', value: 'When' })), ...list].map((tag, index): [string, unknown] => [`n${index}`.slice(1), tag]);
  expect(answer(Object.fromEntries(entries.reverse()))).toBe('welcome');
});

it('obeys its owner, and shows messages and chunks as aos modules do', () => {
  const send = open();
  const operate = (name: string, tags = {}) => send('owner', 'owner', { Action: `Beamline.${name}`, Protocol: '1', Issued: '1000', ...tags });
  operate('Link', { 'Link-Name': 'market', 'Link-Process': testId('market') });
  const { Messages } = send('ann', 'ann', { Action: 'Report' }, 'hello');
  expect(Messages).toEqual([{
    Target: testId('market'), Data: 'hello', Anchor: '1'.padStart(32, '0'),
    Tags: expect.arrayContaining([{ name: 'action', value: 'Reported' }, { name: 'seq', value: '1' }, { name: 'lineage', value: testId('world') }]),
  }]);
  // Lua's tables forget the order: replicas agree on the names'.
  const names = Messages[0]!.Tags.map(({ name }) => name);
  expect(names).toEqual([...names].sort());
  expect(operate('Snapshot').Output['c0']).toContain('|');
});

it('answers whatever it is given', () => {
  const handle = createAosProcess(arena(), { layout: 'layout-1' });
  for (const odd of [undefined, null, 5, {}, { Tags: 7 }, { Tags: [{}, 3, null] }]) expect(handle(odd, odd).Output.outcome).toMatch(/ok|refused/);
});
