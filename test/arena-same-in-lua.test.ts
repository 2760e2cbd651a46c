import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { AoMap } from '@beamline/core';
import { pageBytes, parsePage, type Column, type FieldKind } from '@beamline/ecs';
import { createProcess, type Role } from '@beamline/kernel';
import { createVm } from '@beamline/vm';
import battleV1 from '../apps/arena/src/v1/battle.ts';
import { arenaRequests } from '../apps/arena/src/messages.ts';
import worldV1 from '../apps/arena/src/v1/world.ts';
import battleV2 from '../apps/arena/src/v2/battle.ts';
import worldV2 from '../apps/arena/src/v2/world.ts';
import { builtRole } from './built.ts';

const MESSAGES = 500;

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
    const requests = arenaRequests(role, MESSAGES);
    const { code, bytes } = await builtRole({ role, entry: `apps/arena/src/${version}/${role}.ts`, target: 'lua', root: '.' });
    expect(bytes).toBeLessThan(role === 'world' ? 47_000 : 41_500);
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
