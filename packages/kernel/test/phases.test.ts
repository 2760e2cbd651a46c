import { describe, expect, it } from '@jest/globals';
import type { OperationName, Phase } from '../src/index.ts';
import { createTestProcess, testId, type TestProcess } from '../src/testing/index.ts';
import { arena } from './arena.ts';

const wrong = 'wrong-phase';
/** Allowed, but JavaScript has no code to replace. */
const none = 'no-upgrade';
type Result = Phase | typeof wrong | typeof none;

// Every phase × every operation: the phase it leads to, or its refusal. No `Partial`: a new one fails to compile.
const table: Record<Phase, Record<OperationName, Result>> = {
  'standby': {
    'Snapshot': 'standby', 'Restore-Begin': 'standby', 'Restore-Pages': 'standby', 'Restore-Commit': 'standby',
    'Freeze': wrong, 'Thaw': wrong, 'Activate': 'active', 'Hand-Over': wrong, 'Retire': 'retired', 'Link': 'standby', 'Replay': 'standby',
    'Upgrade-Begin': wrong, 'Upgrade-Chunk': wrong, 'Upgrade-Commit': wrong,
  },
  'active': {
    'Snapshot': 'active', 'Restore-Begin': wrong, 'Restore-Pages': wrong, 'Restore-Commit': wrong,
    'Freeze': 'frozen', 'Thaw': 'active', 'Activate': 'active', 'Hand-Over': wrong, 'Retire': wrong, 'Link': 'active', 'Replay': 'active',
    'Upgrade-Begin': none, 'Upgrade-Chunk': none, 'Upgrade-Commit': none,
  },
  'frozen': {
    'Snapshot': 'frozen', 'Restore-Begin': wrong, 'Restore-Pages': wrong, 'Restore-Commit': wrong,
    'Freeze': 'frozen', 'Thaw': 'active', 'Activate': wrong, 'Hand-Over': 'handed-over', 'Retire': 'retired', 'Link': 'frozen', 'Replay': 'frozen',
    'Upgrade-Begin': none, 'Upgrade-Chunk': none, 'Upgrade-Commit': none,
  },
  'handed-over': {
    'Snapshot': 'handed-over', 'Restore-Begin': wrong, 'Restore-Pages': wrong, 'Restore-Commit': wrong,
    'Freeze': 'frozen', 'Thaw': wrong, 'Activate': wrong, 'Hand-Over': 'handed-over', 'Retire': 'retired', 'Link': 'handed-over', 'Replay': wrong,
    'Upgrade-Begin': wrong, 'Upgrade-Chunk': wrong, 'Upgrade-Commit': wrong,
  },
  'retired': {
    'Snapshot': 'retired', 'Restore-Begin': wrong, 'Restore-Pages': wrong, 'Restore-Commit': wrong,
    'Freeze': wrong, 'Thaw': wrong, 'Activate': wrong, 'Hand-Over': wrong, 'Retire': 'retired', 'Link': 'retired', 'Replay': wrong,
    'Upgrade-Begin': wrong, 'Upgrade-Chunk': wrong, 'Upgrade-Commit': wrong,
  },
};

const reach: Record<Phase, (tags?: Record<string, string>) => TestProcess> = {
  'standby': () => createTestProcess(arena(), { tags: { 'beamline-phase': 'standby' } }),
  'active': () => createTestProcess(arena()),
  'frozen': () => after(reach.active(), 'Freeze'),
  'handed-over': () => after(reach.frozen(), 'Hand-Over', { Successor: testId('green') }),
  'retired': () => after(reach['handed-over'](), 'Retire'),
};

function after(process: TestProcess, operation: OperationName, tags: Record<string, string> = {}): TestProcess {
  expect(process.operate(operation, tags)).toMatchObject({ outcome: 'ok' });
  return process;
}

const tags: Partial<Record<OperationName, Record<string, string>>> = {
  'Restore-Begin': { Layout: 'layout-1' },
  'Hand-Over': { Successor: testId('green') },
  'Link': { 'Link-Name': 'market', 'Link-Process': testId('market') },
};

describe('phase × operation', () => {
  for (const phase of Object.keys(table) as Phase[]) {
    for (const operation of Object.keys(table[phase]) as OperationName[]) {
      const result = table[phase][operation];
      it(`${phase} + ${operation} → ${result}`, () => {
        const process = reach[phase]();
        const needsStage = operation === 'Restore-Pages' || operation === 'Restore-Commit';
        if (needsStage && phase === 'standby') process.operate('Restore-Begin', { Layout: 'layout-1' }, '$world:1');
        const output = process.operate(operation, tags[operation], operation === 'Restore-Pages' ? '$world/0:0;0;0;1;2;3;4' : '');
        expect(process.health['phase']).toBe(result === wrong || result === none ? phase : result);
        if (result === wrong || result === none) expect(output).toMatchObject({ outcome: 'refused', code: `kernel/${result}` });
        else if (operation === 'Restore-Commit') expect(output).toMatchObject({ code: 'kernel/digest-mismatch' });
        else expect(output).toMatchObject({ outcome: 'ok' });
      });
    }
  }
});

// What one game message costs in each phase: its answer, and whether the same item can still be applied later.
const arrivals: Record<Phase, { fresh: object; again: object; applied: number; held: number }> = {
  'standby': {
    fresh: { outcome: 'refused', code: 'kernel/standby' }, again: { outcome: 'refused', code: 'kernel/standby' }, applied: 0, held: 0,
  },
  'active': { fresh: { outcome: 'ok', data: 'welcome' }, again: { outcome: 'duplicate' }, applied: 1, held: 0 },
  'frozen': { fresh: { outcome: 'held' }, again: { outcome: 'duplicate' }, applied: 0, held: 1 },
  'handed-over': { fresh: { outcome: 'forwarded' }, again: { outcome: 'forwarded' }, applied: 0, held: 0 },
  'retired': {
    fresh: { outcome: 'refused', code: 'kernel/retired', data: testId('green') },
    again: { outcome: 'refused', code: 'kernel/retired', data: testId('green') }, applied: 0, held: 0,
  },
};

describe('a game message', () => {
  for (const phase of Object.keys(arrivals) as Phase[]) {
    const { fresh, again, applied, held } = arrivals[phase];
    it(`in ${phase} is answered the same way whether or not it carries a number`, () => {
      for (const numbered of [{}, { seq: '1' }]) {
        const process = reach[phase]();
        const message = { action: 'Join', id: testId('same'), tags: numbered };
        expect(process.say(message)).toMatchObject(fresh);
        expect(process.say(message)).toMatchObject(again);
        expect(process.health).toMatchObject({ applied, held });
      }
    });
  }

  it('refused in standby is applied once when it comes again to the active process', () => {
    const process = reach.standby();
    const message = { action: 'Join', tags: { seq: '1' }, id: testId('same') };
    process.say(message);
    after(process, 'Activate');
    expect(process.say(message)).toMatchObject({ outcome: 'ok' });
    expect(process.say(message)).toMatchObject({ outcome: 'duplicate' });
  });

  it('that was applied before the fence is a duplicate behind it, not held', () => {
    const process = reach.active();
    const message = { action: 'Join', tags: { seq: '1' } };
    process.say(message);
    after(process, 'Freeze');
    expect(process.say(message)).toMatchObject({ outcome: 'duplicate' });
    after(process, 'Hand-Over', { Successor: testId('green') });
    expect(process.say(message)).toMatchObject({ outcome: 'duplicate' });
    expect(process.outbox).toEqual({});
  });
});

describe('the fence', () => {
  it('stays where it was while it is repeated, handed over and taken back, moves with a replay, and ends with Thaw', () => {
    const process = reach.frozen();
    const fence = process.health['fence'];
    after(process, 'Freeze');
    after(process, 'Hand-Over', { Successor: testId('green') });
    after(process, 'Freeze');
    expect(process.health).toMatchObject({ fence, successor: testId('green') });
    after(process, 'Replay');
    expect(process.health).toMatchObject({ fence: process.slot });
    after(process, 'Thaw');
    expect(process.health).not.toHaveProperty('fence');
    expect(process.health).not.toHaveProperty('successor');
  });
});

describe('a forward', () => {
  const tags = { 'orig-id': 'x', 'orig-from': testId('ann'), 'orig-process': '0', 'orig-timestamp': '1', 'orig-slot': '1', 'orig-tags': 'action=Join' };

  it('counts only from a process: a client with the same name is refused', () => {
    const process = reach.active();
    after(process, 'Activate', { 'Accept-From': testId('blue') });
    expect(process.say({ from: testId('blue'), action: 'Beamline.Forward', tags })).toMatchObject({ code: 'kernel/not-forwarder' });
    expect(process.push({ from: testId('blue'), action: 'Beamline.Forward', tags })).toMatchObject({ outcome: 'ok', data: 'welcome' });
  });

  it('that does not say who, when or where is refused', () => {
    const process = reach.active();
    after(process, 'Activate', { 'Accept-From': testId('blue') });
    for (const missing of ['orig-id', 'orig-from', 'orig-timestamp', 'orig-slot']) {
      const rest = Object.fromEntries(Object.entries(tags).filter(([name]) => name !== missing));
      expect(process.push({ from: testId('blue'), action: 'Beamline.Forward', tags: rest })).toMatchObject({ code: 'kernel/bad-forward' });
    }
  });
});

describe('held messages', () => {
  it('make room when they are gone', () => {
    const process = reach.active();
    for (let round = 0; round < 3; round++) {
      after(process, 'Freeze');
      expect(process.say({ action: 'Join', data: 'x'.repeat(3_000_000) })).toMatchObject({ outcome: 'held' });
      after(process, 'Thaw');
    }
  });

  it('are applied in order by Thaw, as many per call as asked, with their own time and slot', () => {
    const process = reach.active();
    process.say({ action: 'Join', tags: { seq: '1' } });
    after(process, 'Freeze');
    for (const seq of ['2', '3', '4']) expect(process.say({ action: 'Move', tags: { seq, steps: '1' } })).toMatchObject({ outcome: 'held' });
    expect(JSON.parse(process.operate('Thaw', { Limit: '2' })['data'] as string))
      .toEqual({ ok: 2, refused: 0, duplicates: 0, errors: 0, held: 1, phase: 'frozen' });
    expect(process.say({ action: 'Move', tags: { seq: '5', steps: '1' } })).toMatchObject({ outcome: 'held' });
    expect(JSON.parse(process.operate('Thaw')['data'] as string)).toMatchObject({ ok: 2, held: 0, phase: 'active' });
    expect(process.say({ action: 'Move', tags: { seq: '6', steps: '1' } })).toMatchObject({ outcome: 'ok', data: '4' });
  });

  it('are refused loudly beyond what fits, by number and by size, and can be sent again', () => {
    const process = reach.frozen();
    expect(process.say({ action: 'Join', data: 'x'.repeat(5_000_000) })).toMatchObject({ outcome: 'refused', code: 'kernel/held-full' });
    for (let n = 0; n < 4096; n++) process.say({ action: 'Join', tags: { seq: `${n + 1}` } });
    const refused = { action: 'Join', from: testId('bob'), id: testId('late') };
    expect(process.say(refused)).toMatchObject({ outcome: 'refused', code: 'kernel/held-full' });
    while (process.health['phase'] === 'frozen') process.operate('Thaw', { Limit: '2000' });
    expect(process.say(refused)).toMatchObject({ outcome: 'ok' });
    expect(process.health).toMatchObject({ applied: 4097 });
  });

  it('leave in order while later messages queue behind them', () => {
    const process = reach.frozen();
    for (const seq of ['1', '2', '3', '4']) process.say({ action: 'Join', tags: { seq } });
    after(process, 'Hand-Over', { Successor: testId('green'), Limit: '1' });
    const sent = [order(process)];
    expect(process.say({ action: 'Join', tags: { seq: '5' } })).toMatchObject({ outcome: 'held' });
    sent.push(order(process));
    expect(process.say({ action: 'Join', tags: { seq: '6' } })).toMatchObject({ outcome: 'held' });
    sent.push(order(process));
    expect(process.say({ action: 'Join', tags: { seq: '7' } })).toMatchObject({ outcome: 'forwarded' });
    sent.push(order(process));
    expect(sent.flat()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  it('keep a process from being retired', () => {
    const process = reach.frozen();
    process.say({ action: 'Join' });
    expect(process.operate('Retire')).toMatchObject({ outcome: 'refused', code: 'kernel/still-holding' });
  });

  it('leave with everything their sender said, in printable ASCII', () => {
    const process = reach['handed-over']();
    const tags = { 'z-last': '1', 'x-name': 'é|;%=&', 'seq': '9', 'orig-id': 'forged', 'from-process': 'forged', 'path': 'evil' };
    process.say({ action: 'Join', id: testId('said'), from: testId('ann'), tags, data: 'grüße\n%|;' });
    const { m1 } = process.outbox;
    expect(Object.keys(m1!).sort()).toEqual(['action', 'data', 'escaped', 'orig-from', 'orig-id', 'orig-process', 'orig-seq', 'orig-slot', 'orig-tags', 'orig-timestamp', 'target']);
    expect(JSON.stringify(m1)).toMatch(/^[ -~]*$/);
    const names = (m1!['orig-tags'] as string).split('&');
    expect(names).toEqual([...names].sort());
    const green = createTestProcess(arena({ actions: { Join: (_world, { id, from, fromProcess, data, tags: { 'x-name': name } }) => `${id} ${from} ${fromProcess} ${data} ${name}` } }));
    green.operate('Activate', { 'Accept-From': process.id });
    const { target: _target, data, ...rest } = m1!;
    green.push({ from: process.id, action: 'Beamline.Forward', tags: rest, data: data as string });
    expect(JSON.parse(`"${green.output['data']}"`)).toBe(`${testId('said')} ${testId('ann')} false grüße\n%|; é|;%=&`);
  });
});

function order(process: TestProcess): unknown[] {
  return Object.keys(process.outbox).sort().map((name) => process.outbox[name]!['orig-seq']);
}
