import { describe, expect, it } from '@jest/globals';
import { createTestProcess, testId, type TestProcess } from '../src/testing/index.ts';
import { arena } from './arena.ts';

const join = (process: TestProcess, seq: number, from = 'ann') => process.say({ action: 'Join', from: testId(from), tags: { seq: `${seq}` } })['outcome'];

describe('sequence numbers', () => {
  it('apply each number once, in whatever order and however late it comes', () => {
    const process = createTestProcess(arena());
    const order = [3, 1, 7, 2, 500, 6, 4, 5, 499, 250, 251, 249];
    for (const seq of order) expect(join(process, seq)).not.toBe('duplicate');
    for (const seq of order) expect(join(process, seq)).toBe('duplicate');
    expect(process.health['applied']).toBe(order.length);
    for (let seq = 1; seq <= 500; seq++) join(process, seq);
    expect(process.health['applied']).toBe(500);
  });

  it('agree with a plain set over a thousand random numbers', () => {
    const process = createTestProcess(arena());
    const applied = new Set<number>();
    let random = 42;
    for (let n = 0; n < 1000; n++) {
      random = (random * 48271) % 2147483647;
      const seq = n / 8 + (random % 14) + 1 | 0;
      expect(join(process, seq) === 'duplicate').toBe(applied.has(seq));
      applied.add(seq);
    }
  });

  it('count per sender', () => {
    const process = createTestProcess(arena());
    expect([join(process, 1, 'ann'), join(process, 1, 'bob'), join(process, 1, 'ann')]).toEqual(['ok', 'ok', 'duplicate']);
  });

  it('are used up by messages that the game refuses or fails', () => {
    const process = createTestProcess(arena());
    for (const action of ['Move', 'Spoil', 'Fly', 'Odd']) {
      const message = { action, tags: { seq: '1' }, from: testId(action) };
      expect(process.say(message)['outcome']).toMatch(/refused|error/);
      expect(process.say(message)).toEqual({ outcome: 'duplicate' });
    }
  });

  it('must be whole numbers from 1, or the message costs nothing', () => {
    const process = createTestProcess(arena());
    for (const seq of ['0', '-1', 'x', '', '1.5', '9007199254740992', '1e3', ' 1']) {
      expect(process.say({ action: 'Join', tags: { seq } })).toMatchObject({ outcome: 'refused', code: 'kernel/bad-seq' });
    }
    expect(process.say({ action: 'Join', tags: { seq: '9007199254740991' } })).toMatchObject({ outcome: 'ok' });
    expect(process.health).toMatchObject({ applied: 1 });
  });

  it('forget the oldest gap of a client that leaves too many, and say so instead of guessing', () => {
    const process = createTestProcess(arena());
    for (let n = 1; n <= 40; n++) join(process, n * 10);
    expect(process.say({ action: 'Join', from: testId('ann'), tags: { seq: '5' } })).toMatchObject({ outcome: 'refused', code: 'kernel/seq-too-old' });
    expect(join(process, 395)).toBe('refused');
    expect(join(process, 395)).toBe('duplicate');
  });
});

describe('gaps', () => {
  it('of a linked process are kept by the hundred', () => {
    const process = createTestProcess(arena());
    const push = (seq: number) => process.push({ from: testId('battle'), action: 'Join', tags: { seq: `${seq}` } })['outcome'];
    for (let n = 1; n <= 300; n++) push(n * 2);
    for (let n = 1; n <= 300; n++) expect([push(n * 2 - 1), push(n * 2 - 1)]).toEqual(['refused', 'duplicate']);
  });

  it('of strangers never crowd out those of others, and a sender without room only loses its own', () => {
    const process = createTestProcess(arena());
    for (let stranger = 0; stranger < 512; stranger++) for (let n = 1; n <= 16; n++) join(process, n * 2, `stranger-${stranger}`);
    expect(join(process, 5)).toBe('ok');
    expect(process.say({ action: 'Join', from: testId('ann'), tags: { seq: '4' } })).toMatchObject({ code: 'kernel/seq-too-old' });
    expect(join(process, 31, 'stranger-0')).toBe('refused');
    expect(join(process, 31, 'stranger-0')).toBe('duplicate');
    expect(join(process, 6)).toBe('refused');
    expect(join(process, 6)).toBe('duplicate');
  }, 60_000);
});

describe('messages without a number', () => {
  it('push out the oldest one by one', () => {
    const process = createTestProcess(arena());
    const old = [0, 1, 2].map((n) => ({ action: 'Join', id: testId(`old-${n}`) }));
    for (const message of old) process.say(message);
    for (let n = 0; n < 4095; n++) process.say({ action: 'Join' });
    expect(process.say(old[2]!)).toMatchObject({ outcome: 'duplicate' });
    expect(process.say(old[1]!)).not.toMatchObject({ outcome: 'duplicate' });
  });

  it('leave the world as it was when their id cannot be kept', () => {
    const process = createTestProcess(arena());
    expect(process.say({ action: 'Join', id: '\ud800' })).toMatchObject({ outcome: 'error', code: 'ecs/out-of-range' });
    expect(process.health).toMatchObject({ entities: 1, applied: 0, 'last-error': expect.stringContaining('kernel: ecs/out-of-range') });
    expect(process.say({ action: 'Join' })).toMatchObject({ outcome: 'ok' });
  });

  it('are applied once by their id, among the last 4096', () => {
    const process = createTestProcess(arena());
    const message = { action: 'Join', id: testId('first') };
    expect(process.say(message)).toMatchObject({ outcome: 'ok' });
    for (let n = 0; n < 4095; n++) process.say({ action: 'Join' });
    expect(process.say(message)).toMatchObject({ outcome: 'duplicate' });
    process.say({ action: 'Join' });
    expect(process.say(message)).not.toMatchObject({ outcome: 'duplicate' });
  });
});

describe('messages from processes', () => {
  const linked = () => {
    const process = createTestProcess(arena());
    process.operate('Link', { 'Link-Name': 'battle', 'Link-Process': testId('battle') });
    process.operate('Link', { 'Link-Name': 'battle', 'Link-Process': testId('battle-2'), 'Link-Mode': 'accept' });
    return process;
  };
  const push = (process: TestProcess, from: string, seq: string, lineage = 'battle') =>
    process.push({ from: testId(from), action: 'Join', tags: { seq, lineage: testId(lineage) } })['outcome'];

  it('are one message whichever process of a linked line sends them', () => {
    const process = linked();
    expect([push(process, 'battle', '1'), push(process, 'battle-2', '1'), push(process, 'battle-2', '2'), push(process, 'battle', '2')])
      .toEqual(['ok', 'duplicate', 'ok', 'duplicate']);
  });

  it('from a stranger count for the stranger alone, whatever line it claims', () => {
    const process = linked();
    expect(push(process, 'stranger', '1')).toBe('ok');
    expect(push(process, 'battle', '1')).toBe('ok');
  });

  it('from a successor that spoke before it was linked are still recognised', () => {
    const process = linked();
    expect(push(process, 'battle-3', '5')).toBe('ok');
    process.operate('Link', { 'Link-Name': 'battle', 'Link-Process': testId('battle-3') });
    expect([push(process, 'battle-3', '5'), push(process, 'battle-3', '6')]).toEqual(['duplicate', 'refused']);
  });

  it('with different ids for one push are applied once: the node signs every delivery anew', () => {
    const process = linked();
    expect(process.push({ from: testId('battle'), id: testId('a'), action: 'Join', tags: { seq: '1' } })).toMatchObject({ outcome: 'ok' });
    expect(process.push({ from: testId('battle'), id: testId('b'), action: 'Join', tags: { seq: '1' } })).toMatchObject({ outcome: 'duplicate' });
  });
});

describe('owner operations', () => {
  it('are remembered among the last 1024, in order', () => {
    const process = createTestProcess(arena());
    const operation = (id: string) => process.say({
      from: testId('owner'), id: testId(id), action: 'Beamline.Boo', tags: { protocol: '1', issued: `${process.now}` },
    })['outcome'];
    for (let n = 0; n < 1025; n++) operation(`op-${n}`);
    expect([operation('op-1'), operation('op-0'), operation('op-1024'), operation('op-1')]).toEqual(['duplicate', 'refused', 'duplicate', 'refused']);
  });

  it('are done once per signed item, also when refused at first', () => {
    const process = createTestProcess(arena());
    const thaw = { from: testId('owner'), id: testId('op'), action: 'Beamline.Hand-Over', tags: { protocol: '1', issued: `${process.now}`, successor: testId('green') } };
    expect(process.say(thaw)).toMatchObject({ code: 'kernel/wrong-phase' });
    process.operate('Freeze');
    expect(process.say(thaw)).toEqual({ outcome: 'duplicate' });
    expect(process.health).toMatchObject({ phase: 'frozen' });
  });
});
