import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { AoMap } from '@beamline/core';
import { pageBytes, parsePage, type Column, type FieldKind } from '@beamline/ecs';
import { createProcess, type Role } from '@beamline/kernel';
import { clientRequest, processRequest, pushedRequest, testId } from '@beamline/kernel/testing';
import { createVm } from '@beamline/vm';
import battleV1 from '../apps/arena/src/v1/battle.ts';
import worldV1 from '../apps/arena/src/v1/world.ts';
import battleV2 from '../apps/arena/src/v2/battle.ts';
import worldV2 from '../apps/arena/src/v2/world.ts';
import { builtRole } from './built.ts';

const MESSAGES = 500;
const OWNER = testId('owner');
const NODE = testId('node');
const PROCESS = testId('process');

/** The numbers of a linear congruential generator, high bits only. */
function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
}

/** Process message, links, 500 mixed messages good and bad, a snapshot: what a node would hand to `compute`. */
function requestsFor(role: string): AoMap[] {
  const roll = dice(role.length);
  let timestamp = 1_700_000_000_000;
  let slot = 0;
  const spec = (tags: Record<string, string | number>) => ({
    id: testId(`${role}-${slot}`), process: PROCESS, slot: slot++, timestamp,
    tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, `${value}`])),
  });
  const owned = (action: string, tags: Record<string, string>) =>
    clientRequest({ ...spec({ action: `Beamline.${action}`, protocol: 1, issued: timestamp, ...tags }), committer: OWNER });
  const link = (name: string) => owned('Link', { 'link-name': name, 'link-process': testId(name) });
  const requests = [
    processRequest({ ...spec({ 'beamline-seed': 42 }), committer: OWNER, authority: NODE }),
    ...(role === 'world' ? ['market', 'battle-0', 'battle-1'] : ['world']).map(link),
  ];
  const seqs = new Map<string, number>();
  for (let i = 0; i < MESSAGES; i++) {
    timestamp += roll(1500);
    const who = `player-${roll(12)}`;
    const other = testId(`player-${roll(12)}`);
    const seq = (seqs.get(who) ?? 0) + 1;
    seqs.set(who, seq);
    const say = (action: string, tags: Record<string, string | number> = {}) =>
      clientRequest({ ...spec({ action, seq, ...tags }), committer: testId(who) });
    const push = (from: string, action: string, tags: Record<string, string | number>) =>
      pushedRequest({ ...spec({ action, ...tags }), committer: NODE, fromProcess: testId(from) });
    const actions = role === 'world'
      ? [
          () => say('Join', { name: `Player ${roll(99)}` }),
          () => say('Move', { x: roll(1010), y: roll(1000) }),
          () => say('Look'),
          () => say('Equip', { slot: roll(9) }),
          () => say('Drink', { slot: roll(8) }),
          () => say('Gather'),
          () => say('Give', { to: other, gold: roll(300) }),
          () => push(`battle-${roll(2)}`, 'Spoils', { player: testId(who), gold: roll(60), xp: roll(900), wounds: roll(70), item: roll(1001) }),
          () => push('market', 'Trade', { seller: testId(who), buyer: other, item: 1 + roll(8), count: 1 + roll(9), gold: roll(99) }),
          () => say('Join', { name: 'caf\u00e9' }),
          () => push('stranger', 'Trade', { seller: testId(who), buyer: other, item: 1, count: 1, gold: 1 }),
        ]
      : [() => say('Fight', { monster: roll(210) }), () => say('Record'), () => say('Fight', { monster: 1 + roll(20) }), () => say('Flee')];
    requests.push(i < 12 && role === 'world' ? actions[0]!() : actions[roll(actions.length)]!());
  }
  return [...requests, owned('Snapshot', {})];
}

/** SHA-256 over the canonical bytes of every page of a snapshot. */
function rootOf(results: AoMap): string {
  const index = JSON.parse((results['output'] as AoMap)['data'] as string) as {
    tables: { name: string; columns: string }[]; chunks: [string, string[]][];
  };
  const columns = new Map(index.tables.map((table) => [table.name, table.columns.split(',').map((text): Column => {
    const [name, kind] = text.split(':') as [string, FieldKind];
    return { name, kind };
  })]));
  const hash = createHash('sha256');
  for (const [chunk, pages] of index.chunks) {
    const texts = ((results['chunks'] as AoMap)[chunk] as string).split('|');
    for (const [i, page] of pages.entries()) {
      const shape = columns.get(page.slice(0, page.lastIndexOf('/')))!;
      hash.update(page).update(pageBytes(shape, parsePage(shape, texts[i]!)));
    }
  }
  return hash.digest('hex');
}

const digestOf = (results: AoMap) => (JSON.parse((results['output'] as AoMap)['data'] as string) as { digest: string }).digest;

describe.each([
  ['world', 'v1', worldV1], ['world', 'v2', worldV2], ['battle', 'v1', battleV1], ['battle', 'v2', battleV2],
] as const)('%s of %s', (role, version, definition: Role) => {
  it('answers 500 messages alike in JavaScript and in Lua, and ends in the same root', async () => {
    const requests = requestsFor(role);
    const { code, bytes } = await builtRole({ role, entry: `apps/arena/src/${version}/${role}.ts`, target: 'lua', root: '.' });
    expect(bytes).toBeLessThan(60_000);
    const compute = createProcess(definition, { layout: 'any' });
    const base: AoMap = {};
    const expected = requests.map((request) => structuredClone(compute(base, request)['results']) as AoMap);
    const vm = await createVm({ code });
    const computed = await vm.computeAll(requests);
    await vm.close();

    const found = computed.map((slot) => (slot.ok ? slot.results! : { failed: slot.message }));
    expect(found.slice(0, -1)).toEqual(expected.slice(0, -1));
    const outcomes = expected.map(({ output }) => (output as AoMap)['outcome']);
    expect(outcomes.filter((outcome) => outcome === 'ok').length).toBeGreaterThan(100);
    expect(outcomes).not.toContain('error');
    expect(digestOf(found.at(-1)!)).toBe(digestOf(expected.at(-1)!));
    expect(rootOf(found.at(-1)!)).toBe(rootOf(expected.at(-1)!));
  }, 60_000);
});
