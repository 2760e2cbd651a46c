import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { AoMap } from '@beamline/core';
import { imageDigest, pageBytes, parsePage, type TableImage, type World } from '@beamline/ecs';
import { clientRequest, processRequest, testId } from '@beamline/kernel/testing';
import { createVm, type LuaProfile } from '@beamline/vm';
import { report } from '../packages/ecs/test/golden/drill-report.ts';
import { createDrill, operate } from '../packages/ecs/test/golden/operations.ts';
import { builtRole } from './built.ts';

const COUNT = 10_000;
const bundles = { minified: await bundle(true), readable: await bundle(false) };

async function bundle(minify: boolean): Promise<string> {
  const { code } = await builtRole({ role: 'drill', entry: 'test/ecs-golden/role.ts', target: 'lua', root: '.', minify });
  return code;
}

/** Does the operations inside a process in the VM and returns its report. */
async function reportFromLua(code: string, profile: LuaProfile, seed: number): Promise<string> {
  const vm = await createVm({ code, profile, timeLimitMs: 30_000 });
  const process = testId('drill');
  const owner = testId('owner');
  const message = { id: testId('m1'), process, slot: 1, timestamp: 1_000, committer: owner, tags: { action: 'Drill', dice: `${seed}`, count: `${COUNT}` } };
  try {
    await vm.compute(processRequest({ id: process, process, slot: 0, timestamp: 0, committer: owner, authority: testId('node') }));
    const computed = await vm.compute(clientRequest(message));
    if (!computed.ok) throw new Error(computed.message);
    const { outcome, data, hint } = computed.results!['output'] as AoMap;
    if (outcome !== 'ok') throw new Error(`${String(outcome)}: ${String(hint)}`);
    return data as string;
  } finally {
    await vm.close();
  }
}

/** SHA-256 over the canonical bytes of every page. */
function rootOf(tables: readonly TableImage[]): string {
  const hash = createHash('sha256');
  for (const { columns, pages } of tables) for (const page of pages) hash.update(pageBytes(columns, page));
  return hash.digest('hex');
}

function imagesOf(world: World): TableImage[] {
  return world.tables.map(({ name, columns, count, data }) => ({
    name, columns, rows: count,
    pages: Array.from({ length: Math.ceil(count / 1024) }, (_, page) => {
      const cells = data.map((list) => list.slice(page * 1024, Math.min(count, page * 1024 + 1024)));
      return { rows: cells[0]!.length, columns: cells };
    }),
  }));
}

/** The same tables, read from a report's page texts alone. */
function imagesFromReport(text: string, world: World): TableImage[] {
  const [, ...lines] = text.split('&').slice(0, -1);
  return lines.map((line, index) => {
    const [name, rows] = line.split(' ', 2) as [string, string];
    const texts = line.slice(name.length + rows.length + 2);
    const { columns } = world.tables[index]!;
    return { name, columns, rows: Number(rows), pages: texts === '' ? [] : texts.split('|').map((page) => parsePage(columns, page)) };
  });
}

describe.each([20260214, 7])('10,000 random operations from seed %d', (seed) => {
  const drill = createDrill(seed % 1_000_000);
  operate(drill, COUNT);
  const expected = report(drill);
  const digest = expected.slice(0, expected.indexOf(' '));

  it('use several pages and every kind of table', () => {
    expect(imagesOf(drill.world).map(({ name }) => name)).toEqual(
      ['$world', '$entities', '$free', 'Position', 'Health', 'Bag', 'Name', 'Motion', '$ledger'],
    );
    expect(imagesOf(drill.world)[3]!.pages.length).toBeGreaterThan(1);
  });

  it.each([
    ['plain Lua 5.3', 'lua5.3', 'readable'], ['plain Lua 5.3, minified', 'lua5.3', 'minified'], ['lua@5.3a, minified', 'lua@5.3a', 'minified'],
  ] as const)('end in the same world in %s', async (_, profile, form) => {
    const text = await reportFromLua(bundles[form], profile, seed % 1_000_000);
    expect(text.split('&', 1)).toEqual(expected.split('&', 1));
    const images = imagesFromReport(text, drill.world);
    expect(imageDigest(images)).toBe(digest);
    expect(rootOf(images)).toBe(rootOf(imagesOf(drill.world)));
    expect(text).toBe(expected);
  }, 60_000);
});
