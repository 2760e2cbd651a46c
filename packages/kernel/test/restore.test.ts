import { describe, expect, it } from '@jest/globals';
import { createTestProcess, testId, type TestProcess } from '../src/testing/index.ts';
import { arena } from './arena.ts';

interface Index {
  slot: number; digest: string; fence?: number; phase: string; layout: string;
  tables: { name: string; columns: string; rows: number; pages: [string, number][] }[];
  chunks: [string, string[]][];
}

const take = (process: TestProcess, operation = 'Snapshot', tags = {}) => JSON.parse(process.operate(operation, tags)['data'] as string) as Index;
const digest = (process: TestProcess) => take(process, 'Snapshot', { Since: `${process.slot}` }).digest;
const pagesOf = (process: TestProcess, { chunks }: Index) =>
  chunks.flatMap(([name, pages]) => process.chunks[name]!.split('|').map((text, at) => [pages[at]!, text] as const));
const standby = () => createTestProcess(arena(), { id: testId('green'), tags: { 'beamline-phase': 'standby' } });

function played(players = 3): TestProcess {
  const process = createTestProcess(arena());
  process.operate('Link', { 'Link-Name': 'market', 'Link-Process': testId('market') });
  for (let n = 0; n < players; n++) {
    process.now += 700;
    process.say({ action: 'Join', from: testId(`player-${n}`), tags: n % 2 ? { seq: '1' } : {} });
    process.say({ action: 'Report', from: testId(`player-${n}`), tags: { seq: '3' } });
  }
  return process;
}

function begin(process: TestProcess, { layout, tables }: Index, extra = {}) {
  return process.operate('Restore-Begin', { Layout: layout, ...extra }, tables.map(({ name, rows }) => `${name}:${rows}`).join(';'));
}

function send(process: TestProcess, pages: readonly (readonly [string, string])[]) {
  return process.operate('Restore-Pages', {}, pages.map(([name, text]) => `${name}:${text}`).join('|'));
}

describe('a snapshot', () => {
  it('indexes every table with its columns, rows and page digests', () => {
    const process = played();
    const index = take(process);
    expect(index.tables.map(({ name }) => name)).toEqual(
      ['$world', '$entities', '$free', 'Fighter', 'Age', '$kernel', '$senders', '$gaps', '$recent', '$links', '$outgoing'],
    );
    expect(index.tables[3]).toMatchObject({ columns: '$entity:eid,owner:str,hp:u16,moved:u32', rows: 4, pages: [[expect.stringMatching(/^\d+-\d+$/), 6]] });
    expect(index).toMatchObject({ format: 1, slot: process.slot, layout: 'layout-1', phase: 'active' });
    expect(process.health).toMatchObject({ digest: index.digest, 'digest-slot': process.slot });
  });

  it('since a slot carries only what was written after it', () => {
    const process = played();
    const { slot } = take(process);
    process.say({ action: 'Move', from: testId('player-1'), tags: { seq: '9', steps: '1' } });
    const delta = take(process, 'Snapshot', { Since: `${slot}` });
    expect(delta.chunks.flatMap(([, pages]) => pages).sort()).toEqual(['$gaps/0', '$senders/0', 'Fighter/0']);
  });

  it('refuses a since that is no slot, and Freeze with it leaves the process active', () => {
    const process = played();
    expect(process.operate('Snapshot', { Since: 'yesterday' })).toMatchObject({ code: 'kernel/bad-tag' });
    expect(process.operate('Freeze', { Since: 'yesterday' })).toMatchObject({ code: 'kernel/bad-tag' });
    expect(process.health).toMatchObject({ phase: 'active' });
  });

  it('splits a large world into chunks that together hold every page once', () => {
    const process = played(1200);
    const { chunks } = take(process);
    const names = chunks.flatMap(([, pages]) => pages);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('Fighter/1');
    for (const name of chunks.slice(0, -1)) expect(process.chunks[name[0]]!.length).toBeLessThan(300_000);
    expect(chunks.map(([name]) => name)).toEqual(Object.keys(process.chunks));
  });

  it('changes nothing, not even the digest', () => {
    const process = played();
    expect(take(process).digest).toBe(take(process).digest);
  });
});

describe('a restore', () => {
  it('makes the same world, and the two go on alike', () => {
    const blue = played();
    const green = standby();
    const index = take(blue);
    expect(begin(green, index)).toMatchObject({ outcome: 'ok' });
    for (const page of pagesOf(blue, index)) expect(send(green, [page])).toMatchObject({ outcome: 'ok' });
    expect(green.operate('Restore-Commit', { Digest: index.digest })).toMatchObject({ outcome: 'ok' });
    expect(green.operate('Restore-Commit', { Digest: index.digest })).toMatchObject({ outcome: 'ok' });
    green.operate('Activate');
    const later = blue.now + 5000;
    for (const process of [blue, green]) {
      process.now = later;
      process.say({ action: 'Move', from: testId('player-1'), tags: { seq: '4', steps: '2' } });
      process.say({ action: 'Report', from: testId('player-1'), tags: { seq: '5' } });
      expect(process.outbox['m1']).toMatchObject({ seq: '4', lineage: testId('world') });
    }
    expect(digest(green)).toBe(digest(blue));
  });

  it('by delta needs only what changed', () => {
    const blue = played();
    const green = standby();
    const first = take(blue);
    begin(green, first);
    send(green, pagesOf(blue, first));
    green.operate('Restore-Commit', { Digest: first.digest });
    blue.say({ action: 'Join', from: testId('late'), tags: { seq: '1' } });
    const delta = take(blue, 'Freeze', { Since: `${first.slot}` });
    begin(green, delta, { Base: 'current' });
    send(green, pagesOf(blue, delta));
    expect(green.operate('Restore-Commit', { Digest: delta.digest })).toMatchObject({ outcome: 'ok' });
    expect(digest(green)).toBe(delta.digest);
  });

  it('with a wrong digest, a missing or a damaged page changes nothing', () => {
    const blue = played();
    const green = standby();
    const before = digest(green);
    const index = take(blue);
    const pages = pagesOf(blue, index);
    begin(green, index);
    send(green, pages.slice(1));
    expect(green.operate('Restore-Commit', { Digest: index.digest })).toMatchObject({ outcome: 'refused', code: 'kernel/digest-mismatch' });
    const [name, text] = pages.find(([page]) => page === 'Fighter/0')!;
    for (const damaged of [text.slice(0, -9), `${text},1`, text.replace(/\d/, 'x'), '', text.replace(/;/g, ',')]) {
      expect(send(green, [[name, damaged]])).toMatchObject({ outcome: 'refused', code: 'ecs/bad-page' });
    }
    expect(digest(green)).toBe(before);
    send(green, pages);
    expect(green.operate('Restore-Commit', { Digest: index.digest })).toMatchObject({ outcome: 'ok' });
  });

  it('refuses pages that do not make a world, though their digest is right', () => {
    const blue = played();
    const green = standby();
    const index = take(blue);
    const pages = pagesOf(blue, index).map(([name, text]) => [name, name === 'Age/0' ? text.replace(/^\d+/, '999') : text] as const);
    begin(green, index);
    send(green, pages);
    const { hint } = green.operate('Restore-Commit', { Digest: '0-0' });
    const real = hint as string;
    expect(green.operate('Restore-Commit', { Digest: real })).toMatchObject({ outcome: 'refused', code: 'ecs/bad-world' });
    expect(green.health).toMatchObject({ entities: 0 });
  });

  it('refuses another layout, tables and pages it does not have, and pages before a beginning', () => {
    const green = standby();
    expect(green.operate('Restore-Begin', { Layout: 'layout-2' })).toMatchObject({ code: 'kernel/layout-mismatch' });
    expect(green.operate('Restore-Begin', { Layout: 'layout-1' }, 'Mana:3')).toMatchObject({ code: 'kernel/unknown-table' });
    expect(green.operate('Restore-Begin', { Layout: 'layout-1' }, 'constructor:3')).toMatchObject({ code: 'kernel/unknown-table' });
    for (const rows of ['-1', 'x', '9999999']) {
      expect(green.operate('Restore-Begin', { Layout: 'layout-1' }, `Age:${rows}`)).toMatchObject({ code: 'kernel/bad-page' });
    }
    expect(send(green, [['Age/0', '1']])).toMatchObject({ code: 'kernel/no-restore' });
    green.operate('Restore-Begin', { Layout: 'layout-1' }, 'Age:1');
    expect(send(green, [['Age/1', '1']])).toMatchObject({ code: 'kernel/bad-page' });
    expect(send(green, [['Nothing', '1']])).toMatchObject({ code: 'kernel/unknown-table' });
  });
});

it('a standby process fills its world when it is activated without a restore', () => {
  const green = standby();
  expect(green.health).toMatchObject({ entities: 0 });
  green.operate('Activate');
  expect(green.health).toMatchObject({ entities: 1, phase: 'active' });
});

it('a muted replay sends nothing and leaves numbers out', () => {
  const process = createTestProcess(arena());
  process.operate('Link', { 'Link-Name': 'market', 'Link-Process': testId('market') });
  const packed = [1, 2].map((seq) => `id${seq};${testId('ann')};0;5;7;action=Report&seq=${seq};`).join('|');
  expect(JSON.parse(process.operate('Replay', { Sends: 'mute' }, packed)['data'] as string)).toMatchObject({ ok: 2 });
  expect(process.outbox).toEqual({});
  process.say({ action: 'Report' });
  expect(process.outbox['m1']).toMatchObject({ seq: '1000003' });
});

it('a malformed replay applies nothing', () => {
  const process = createTestProcess(arena());
  const good = `id;${testId('ann')};0;5;7;action=Join&seq=1;`;
  for (const bad of ['x', `${good}|x;y`, `${good}|id;from;0;now;7;action=Join;`]) {
    expect(process.operate('Replay', {}, bad)).toMatchObject({ outcome: 'refused', code: 'kernel/bad-replay' });
  }
  expect(process.operate('Replay', { Sends: 'perhaps' }, good)).toMatchObject({ code: 'kernel/bad-tag' });
  expect(process.health).toMatchObject({ applied: 0 });
});
