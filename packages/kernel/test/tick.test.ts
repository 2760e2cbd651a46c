import { expect, it } from '@jest/globals';
import { add, addEntity, component, entityCount, now, system, tickOf, u32, type World } from '@beamline/ecs';
import { charge, createProcess, defineRole, send, type RoleSpec } from '../src/index.ts';
import { createTestProcess, testId } from '../src/testing/index.ts';

const Mark = component('Mark', { n: u32 });
const grow = system({ name: 'grow', reads: [], writes: [Mark], run: (world) => { add(world, addEntity(world), Mark); } });

function role(spec: Partial<RoleSpec>) {
  return defineRole({
    name: 'ticking', components: [Mark], systems: [grow],
    actions: { Look: (world: World) => `${now(world)} ${tickOf(world)} ${entityCount(world)}` },
    ...spec,
  });
}

it('runs as many fixed steps as the time since the last one calls for, and keeps the remainder', () => {
  const process = createTestProcess(role({ tick: { everyMs: 1000 } }), { startMs: 0 });
  const at = (timestamp: number) => process.say({ action: 'Look', timestamp })['data'];
  expect([at(0), at(999), at(1000), at(3500), at(3999), at(4000)]).toEqual(['0 0 0', '0 0 0', '1000 1 1', '3000 3 3', '3000 3 3', '4000 4 4']);
});

it('runs at most maxSteps; beyond, time jumps to where whole steps would have brought it', () => {
  const process = createTestProcess(role({ tick: { everyMs: 10, maxSteps: 3 } }), { startMs: 0 });
  expect(process.say({ action: 'Look', timestamp: 1_005 })['data']).toBe('1000 3 3');
  expect(process.say({ action: 'Look', timestamp: 1_010 })['data']).toBe('1010 4 4');
  const patient = createTestProcess(role({ tick: { everyMs: 10 } }), { startMs: 0 });
  expect(patient.say({ action: 'Look', timestamp: 1_000 })['data']).toBe('1000 20 20');
});

it('runs one step with every message when told so, and time never goes back', () => {
  const process = createTestProcess(role({}), { startMs: 50 });
  expect(process.say({ action: 'Look', timestamp: 70 })['data']).toBe('70 1 1');
  expect(process.say({ action: 'Look', timestamp: 60 })['data']).toBe('70 2 2');
});

it('does not tick for duplicates, malformed messages and owner operations', () => {
  const process = createTestProcess(role({}));
  const message = { action: 'Look', id: testId('m') };
  process.say(message);
  process.say(message);
  process.say({});
  process.operate('Snapshot');
  process.operate('Nonsense');
  expect(process.health).toMatchObject({ tick: 1, entities: 1 });
});

it('rolls back the step of a failing system, names it, and still answers the message', () => {
  const broken = system({ name: 'broken', reads: [], writes: [], run: () => { send({ to: testId('peer'), action: 'Half' }); throw 'ecs/dead-entity: 7 is not alive'; } });
  const process = createTestProcess(role({ systems: [grow, broken], tick: { everyMs: 10 } }), { startMs: 0 });
  expect(process.say({ action: 'Look', timestamp: 100 })).toEqual({ outcome: 'ok', data: '100 1 0' });
  expect(process.outbox).toEqual({});
  expect(process.health).toMatchObject({ errors: 1, entities: 0, 'last-error': 'broken: ecs/dead-entity: 7 is not alive' });
});

it('sends what a system queued when its step succeeds', () => {
  const caller = system({ name: 'caller', reads: [], writes: [], run: () => send({ to: testId('peer'), action: 'Ping' }) });
  const process = createTestProcess(role({ systems: [caller] }));
  process.say({ action: 'Look' });
  expect(process.outbox['m1']).toMatchObject({ target: testId('peer'), action: 'Ping', seq: '1', lineage: process.id });
});

it('stops a system or an action that works without end, and starts the next message with a full allowance', () => {
  const endless = () => { for (;;) charge(1); };
  const process = createTestProcess(role({
    systems: [], work: 1000,
    actions: {
      Spin: endless, Most: () => { charge(1000); return 'done'; },
      Catch: () => { try { endless(); } catch { charge(1); } return 'escaped'; },
    },
  }));
  expect(process.say({ action: 'Spin' })).toMatchObject({ outcome: 'error', code: 'kernel/work-budget' });
  expect(process.say({ action: 'Catch' })).toMatchObject({ outcome: 'error', code: 'kernel/work-budget' });
  expect(process.say({ action: 'Most' })).toEqual({ outcome: 'ok', data: 'done' });
});

it('turns endless recursion in JavaScript into an error answer', () => {
  const deeper = (): string => `${deeper()}!`;
  const process = createTestProcess(role({ actions: { Dive: deeper } }));
  expect(process.say({ action: 'Dive' })).toMatchObject({ outcome: 'error', code: 'kernel/action-failed' });
});

it('tells a JavaScript host when each system runs', () => {
  const heard: string[] = [];
  const compute = createProcess(role({}), { layout: 'l', onSystem: (name, edge) => heard.push(`${name} ${edge}`) });
  compute({}, { slot: 1, timestamp: 1, body: { action: 'Look', commitments: { a: { committer: 'me', 'commitment-device': 'ans104@1.0' } } } });
  expect(heard).toEqual(['grow start', 'grow end']);
});

it('starts with an empty world and says why when init fails', () => {
  const process = createTestProcess(role({ init: (world) => { addEntity(world); throw 'arena/no-data: nothing to load'; } }));
  expect(process.health).toMatchObject({ entities: 0, phase: 'active', 'last-error': 'init: arena/no-data: nothing to load' });
});
