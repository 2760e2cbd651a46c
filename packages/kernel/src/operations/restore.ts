import { afterLoad, loadPageText, pageCount, resizeTable, split, worldDigest, type World } from '@beamline/ecs';
import type { Envelope } from '../envelope.ts';
import { readInteger } from '../integer.ts';
import { emptyWorld, type Kernel, type Staged } from '../kernel.ts';
import { tag } from '../message.ts';
import type { Role } from '../role.ts';
import { lookup } from '#target';

/** Rows a table may have: as many as there are entities. */
const MAX_ROWS = 1048576;

/**
 * Stages a world beside the running one. Data: `name:rows` of every table, joined by `;`; a table left out has no rows.
 * `Base: current` starts from the pages that run now, for a delta; otherwise from nothing.
 */
export function beginRestore(kernel: Kernel, envelope: Envelope): string {
  const layout = tag(envelope, 'layout');
  if (layout !== kernel.build.layout) {
    throw `kernel/layout-mismatch: ${kernel.build.layout}`;
  }
  const base = tag(envelope, 'base');
  if (base !== '' && base !== 'current' && base !== 'empty') throw 'kernel/bad-tag: base';
  stage(kernel, kernel.role, envelope.data, base === 'current' ? kernel.world : undefined);
  return '{}';
}

/** Stages a world of a role, with this many rows in its tables: those of `base`, as far as they go. */
export function stage(kernel: Kernel, role: Role, rowsText: string, base?: World): Staged {
  const staged = emptyWorld(kernel, role);
  const rows = readRows(staged.world, rowsText);
  for (const table of staged.world.tables) resizeTable(table, rows[table.index]!, base === undefined ? undefined : base.tables[table.index]);
  kernel.staged = staged;
  return staged;
}

function readRows(world: World, data: string): number[] {
  const rows: number[] = [];
  for (const table of world.tables) rows[table.index] = 0;
  if (data === '') return rows;
  for (const entry of split(data, ';')) {
    const [name, size] = split(entry, ':');
    const table = lookup(world.byName, name!);
    if (table === undefined) throw `kernel/unknown-table: ${entry}`;
    const count = readInteger(size);
    if (count === undefined || count < 0 || count > MAX_ROWS) throw `kernel/bad-page: ${entry}`;
    rows[table.index] = count;
  }
  return rows;
}

/** Loads pages into the staged world. Data: `name/page:text`, joined by `|`. Loading a page again replaces it. */
export function restorePages(kernel: Kernel, envelope: Envelope): string {
  return `{"pages":${loadPages(kernel, envelope.data)}}`;
}

/** Loads `name/page:text`, joined by `|`, into the staged world. Returns how many. */
export function loadPages(kernel: Kernel, texts: string): number {
  const { world } = stagedOf(kernel);
  let count = 0;
  for (const entry of split(texts, '|')) {
    // Neither names nor page texts hold these separators.
    const [place, text] = split(entry, ':');
    const [name, number] = split(place!, '/');
    const table = lookup(world.byName, name!);
    if (table === undefined || text === undefined) throw `kernel/unknown-table: ${name}`;
    const page = readInteger(number);
    if (page === undefined || page < 0 || page >= pageCount(table)) throw `kernel/bad-page: ${place}`;
    world.slot = kernel.slot;
    loadPageText(table, page, text);
    count = count + 1;
  }
  return count;
}

/** Makes the staged world the running one, when its digest is the one asked for. A repetition finds it done. */
export function commitRestore(kernel: Kernel, envelope: Envelope): string {
  const wanted = tag(envelope, 'digest');
  if (kernel.staged === undefined && kernel.filled && worldDigest(kernel.world) === wanted) return restored(kernel, wanted);
  return install(kernel, wanted);
}

/** Makes the staged world the running one, when it has this digest. */
export function install(kernel: Kernel, wanted: string): string {
  const { world, tables } = stagedOf(kernel);
  const digest = worldDigest(world);
  if (digest !== wanted) {
    throw `kernel/digest-mismatch: ${digest}`;
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
  if (kernel.staged === undefined) throw 'kernel/no-restore: Restore-Begin';
  return kernel.staged;
}

