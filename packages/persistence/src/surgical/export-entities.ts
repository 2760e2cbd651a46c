import { Fault } from '@beamline/core';
import type { ProcessId } from '@beamline/core';
import { layoutHash, type Layout } from '@beamline/ecs';
import { createLiveness } from '../migration/dangling.ts';
import { pageCountOf, tableNamed, type TableImage, type WorldImage } from '../world-image.ts';
import { ascending, createEntitySet } from './entity-set.ts';
import { encodeEntityFile } from './entity-file-codec.ts';
import type { EntityFile } from './entity-file.ts';
import { rowFinder } from '../row-finder.ts';
import { followReferences, selectEntities, type Follow, type Selection } from './select-entities.ts';

export interface ExportOptions {
  image: WorldImage;
  /** The image's. */
  layout: Layout;
  game: string;
  role: string;
  /** Whose state the image is. */
  process: ProcessId;
  selection: Selection;
  follow?: Follow;
}

/**
 * The selected entities with everything they refer to, as one portable file. Pure: the same set at the same slot gives
 * the same bytes. Handles kept in fields other than `eid` are numbers like any others.
 * @throws Fault `persistence/bad-selection`, `persistence/layout-mismatch`
 */
export function exportEntities({ image, layout, game, role, process, selection, follow }: ExportOptions): { bytes: Uint8Array; file: EntityFile } {
  if (layoutHash(layout) !== image.layout) {
    throw new Fault('persistence/layout-mismatch', `the world has layout ${image.layout}, the layout given hashes to ${layoutHash(layout)}`, {
      hint: 'Give the layout of the release that the process ran at that slot.',
    });
  }
  const entities = followReferences(image, selectEntities(image, selection), follow);
  const tables = layout.components.map(({ name }) => rowsOf(image, name, entities));
  const content = {
    version: 1 as const, game, role, process, slot: image.slot, lineage: lineageOf(image), layout, entities, outside: outsideOf(image, tables, entities), tables,
  };
  const { bytes, id, root } = encodeEntityFile(content);
  return { bytes, file: { ...content, id, root } };
}

/** The line of processes whose handles these are; '' in worlds without a kernel. */
export function lineageOf(image: WorldImage): string {
  const kernel = tableNamed(image, '$kernel');
  const column = kernel?.columns.findIndex(({ name }) => name === 'lineage') ?? -1;
  return column < 0 ? '' : String(kernel!.data[column]![0] ?? '');
}

function rowsOf(image: WorldImage, name: string, entities: readonly number[]): TableImage {
  const table = tableNamed(image, name)!;
  const find = rowFinder(table);
  const rows: number[] = [];
  for (const entity of entities) {
    const row = find(entity);
    if (row >= 0) rows.push(row);
  }
  const data = table.data.map((cells) => {
    const own = new Array<number | string>(rows.length);
    for (let n = 0; n < rows.length; n += 1) own[n] = cells[rows[n]!]!;
    return own;
  });
  return { name, columns: table.columns, rows: rows.length, data, stamps: new Array<number>(pageCountOf(rows.length)).fill(0) };
}

function outsideOf(image: WorldImage, tables: readonly TableImage[], entities: readonly number[]): number[] {
  const isAlive = createLiveness(image);
  const seen = createEntitySet(entities);
  const outside: number[] = [];
  for (const { columns, data } of tables) {
    columns.forEach(({ kind }, c) => {
      if (c === 0 || kind !== 'eid') return;
      for (const named of data[c] as readonly number[]) {
        if (named === 0 || !isAlive(named) || seen.has(named)) continue;
        seen.add(named);
        outside.push(named);
      }
    });
  }
  return ascending(outside);
}
