import { expect, it } from '@jest/globals';
import { createTestProcess, testId } from '../src/testing/index.ts';
import { arena } from './arena.ts';

it('answers an action with its reply', () => {
  const world = createTestProcess(arena());
  expect(world.say({ action: 'Join' })).toEqual({ outcome: 'ok', data: 'welcome' });
  expect(world.health).toMatchObject({ phase: 'active', role: 'world', slot: 1, entities: 2, applied: 1, layout: 'layout-1' });
});

it('rolls back a refused action and says why', () => {
  const world = createTestProcess(arena());
  world.say({ action: 'Join' });
  expect(world.say({ action: 'Join' })).toEqual({ outcome: 'refused', code: 'arena/joined', hint: 'You are in the arena already' });
  expect(world.health).toMatchObject({ entities: 2, refused: 1 });
});

it('rolls back a failing action, its messages included, and names it in health', () => {
  const world = createTestProcess(arena());
  world.operate('Link', { 'Link-Name': 'market', 'Link-Process': testId('market') });
  expect(world.say({ action: 'Spoil' })).toMatchObject({ outcome: 'error', code: 'arena/broken' });
  expect(world.outbox).toEqual({});
  expect(world.health).toMatchObject({ entities: 1, errors: 1, 'last-error': expect.stringContaining('Spoil: arena/broken') });
  world.say({ action: 'Report' });
  expect(world.outbox['m1']).toMatchObject({ seq: '1' });
});

it('refuses an unknown action, inherited names of JavaScript included', () => {
  const world = createTestProcess(arena());
  for (const action of ['Fly', 'constructor', 'toString', '__proto__']) {
    expect(world.say({ action })).toMatchObject({ outcome: 'refused', code: 'kernel/unknown-action' });
  }
});

it('refuses a malformed tag by code', () => {
  const world = createTestProcess(arena());
  world.say({ action: 'Join' });
  for (const steps of ['', '0', '11', '1e1', '-1', ' 5', '5.0', '99999999999999999999', 'constructor']) {
    expect(world.say({ action: 'Move', tags: { steps } })).toMatchObject({ outcome: 'refused', code: 'kernel/bad-tag' });
  }
  expect(world.say({ action: 'Move', tags: { steps: '10' } })).toMatchObject({ outcome: 'ok' });
});

it('calls a reply of the wrong type an error', () => {
  expect(createTestProcess(arena()).say({ action: 'Odd' })).toMatchObject({ outcome: 'error', code: 'kernel/bad-reply' });
});

it('answers in ASCII that parses to the same JSON', () => {
  const { data } = createTestProcess(arena()).say({ action: 'Unicode' });
  expect(data).toMatch(/^[ -~]*$/);
  expect(JSON.parse(data as string)).toEqual({ name: 'é😀' });
});

it('refuses a message without action or sender, at no cost', () => {
  const world = createTestProcess(arena());
  expect(world.say({})).toMatchObject({ outcome: 'refused', code: 'kernel/no-action' });
  expect(world.raw({ slot: 2, timestamp: 1, body: { action: 'Join' } })).toMatchObject({ code: 'kernel/no-sender' });
  expect(world.health).toMatchObject({ applied: 0 });
});

it('survives any request at all', () => {
  const world = createTestProcess(arena());
  const odd = [undefined, null, 7, 'text', [], {}, { body: 3 }, { body: { commitments: 'x' } }, { body: { commitments: { a: 1, b: null } } },
    { slot: 'x', timestamp: {}, body: { commitments: { a: { committer: 5 } } } },
    { body: { action: { deep: 1 }, commitments: { a: { committer: 'me', 'commitment-device': 'ans104@1.0', committed: 7 } } } }];
  for (const request of odd) expect(world.raw(request)).toMatchObject({ outcome: 'refused' });
  expect(world.say({ action: 'Join' })).toMatchObject({ outcome: 'ok' });
});

it('shows an action who spoke, when and where', () => {
  const world = createTestProcess(arena(), { startMs: 5000 });
  world.now = 7300;
  expect(world.say({ action: 'When', id: testId('m') }).data).toBe(`7000 2 7300 1 ${testId('alice')} client  ${testId('m')}`);
});
