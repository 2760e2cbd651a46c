import { afterLoad, loadPageText, pageCount, resizeTable, split, worldDigest, type Table, type World } from '@beamline/ecs';
import type { Envelope } from '../envelope.ts';
import { readInteger } from '../integer.ts';
import { emptyWorld, type Kernel, type Staged } from '../kernel.ts';
import { tag } from '../message.ts';
import { find, lookup } from '#target';

/** Rows a table may have: as many as there are entities. */
const MAX_ROWS = 1048576;

/**
 * Stages a world beside the running one. Data: `name:rows` of every table, joined by `;`; a table left out has no rows.
 * `Base: current` starts from the pages that run now, for a delta; otherwise from nothing.
 */
export function beginRestore(kernel: Kernel, envelope: Envelope): string {
  const layout = tag(envelope, 'layout');
  if (layout !== kernel.build.layout) {
    throw `kernel/layout-mismatch: ${kernel.build.layout} here`;
  }
  const base = tag(envelope, 'base');
  if (base !== '' && base !== 'current' && base !== 'empty') throw 'kernel/bad-tag: base';
  const staged = emptyWorld(kernel);
  const rows = readRows(staged.world, envelope.data);
  for (const table of staged.world.tables) {
    resizeTable(table, rows[table.index]!);
    const source = kernel.world.tables[table.index]!;
    if (base === 'current') copyRows(source, table);
  }
  kernel.staged = staged;
  return '{}';
}

function readRows(world: World, data: string): number[] {
  const rows: number[] = [];
  for (const table of world.tables) rows[table.index] = 0;
  if (data === '') return rows;
  for (const part of split(data, ';')) {
    const colon = find(part, ':', 0);
    const table = lookup(world.byName, part.substring(0, colon));
    if (table === undefined) throw `kernel/unknown-table: ${part}`;
    const count = readInteger(part.substring(colon + 1));
    if (count === undefined || count < 0 || count > MAX_ROWS) throw `kernel/bad-page: ${part}`;
    rows[table.index] = count;
  }
  return rows;
}

function copyRows(source: Table, table: Table): void {
  const count = source.count < table.count ? source.count : table.count;
  for (let column = 0; column < table.columns.length; column++) {
    const from = source.data[column]!;
    const to = table.data[column]!;
    for (let row = 0; row < count; row++) to[row] = from[row]!;
  }
}

/** Loads pages into the staged world. Data: `name/page:text`, joined by `|`. Loading a page again replaces it. */
export function restorePages(kernel: Kernel, envelope: Envelope): string {
  const { world } = stagedOf(kernel);
  let count = 0;
  for (const part of split(envelope.data, '|')) {
    const slash = find(part, '/', 0);
    const colon = find(part, ':', 0);
    const table = slash > 0 && colon > slash ? lookup(world.byName, part.substring(0, slash)) : undefined;
    if (table === undefined) throw `kernel/unknown-table: ${part.substring(0, 40)}`;
    const page = readInteger(part.substring(slash + 1, colon));
    if (page === undefined || page < 0 || page >= pageCount(table)) {
      throw `kernel/bad-page: ${part.substring(0, colon)}`;
    }
    world.slot = kernel.slot;
    loadPageText(table, page, part.substring(colon + 1));
    count = count + 1;
  }
  return `{"pages":${count}}`;
}

/** Makes the staged world the running one, when its digest is the one asked for. A repetition finds it done. */
export function commitRestore(kernel: Kernel, envelope: Envelope): string {
  const wanted = tag(envelope, 'digest');
  if (kernel.staged === undefined && kernel.filled && worldDigest(kernel.world) === wanted) return restored(kernel, wanted);
  const { world, tables } = stagedOf(kernel);
  const digest = worldDigest(world);
  if (digest !== wanted) {
    throw `kernel/digest-mismatch: the pages give ${digest}`;
  }
  afterLoad(world);
  if (tables.self.count !== 1) throw 'kernel/bad-world: $kernel';
  world.slot = kernel.slot;
  kernel.world = world;
  kernel.tables = tables;
  kernel.staged = undefined;
  kernel.filled = true;
  return restored(kernel, wanted);
}

function restored(kernel: Kernel, digest: string): string {
  kernel.digest = digest;
  kernel.digestSlot = kernel.slot;
  return `{"digest":"${digest}"}`;
}

function stagedOf(kernel: Kernel): Staged {
  if (kernel.staged === undefined) throw 'kernel/no-restore: Restore-Begin comes first';
  return kernel.staged;
}

