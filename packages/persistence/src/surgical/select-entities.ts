import { Fault } from '@beamline/core';
import { createLiveness } from '../migration/dangling.ts';
import type { TableImage, WorldImage } from '../world-image.ts';
import { isComponent, rowFinder } from '../row-finder.ts';
import { ascending, createEntitySet } from './entity-set.ts';

/** One value of a component: `is` exactly, or from `min` to `max`, both included. Array elements are `slots#0`, `slots#1`, … */
export interface Condition {
  component: string;
  field: string;
  is?: number | string;
  min?: number;
  max?: number;
}

/** Which entities: these, and those that have all the components and meet all the conditions. */
export interface Selection {
  entities?: readonly number[];
  with?: readonly string[];
  where?: readonly Condition[];
}

/** Where to stop when references are followed. */
export interface Follow {
  /** 0: only what was selected. @default Infinity */
  depth?: number;
  /** Entities that have one of these components are not followed into: a map, a region, a guild. @default [] */
  stop?: readonly string[];
}

/**
 * Handles, ascending.
 * @throws Fault `persistence/bad-selection`: a component or field that is not there, an entity that is not alive, nothing
 * asked for.
 */
export function selectEntities(image: WorldImage, { entities = [], with: having = [], where = [] }: Selection): number[] {
  const isAlive = createLiveness(image);
  const dead = entities.find((entity) => !isAlive(entity));
  if (dead !== undefined) throw refused(`entity ${dead} is not alive at slot ${image.slot}`);
  const selected = ascending([...new Set(entities)]);
  const required = [...new Set([...having, ...where.map(({ component }) => component)])].map((name) => componentNamed(image, name));
  if (required.length === 0 && entities.length === 0) throw refused('it names no entity, component or value');
  if (required.length > 0) {
    const [smallest, ...others] = [...required].sort((a, b) => a.rows - b.rows) as [TableImage, ...TableImage[]];
    const find = new Map(required.map((table) => [table.name, rowFinder(table)]));
    const named = new Set(selected);
    const tests = where.map((condition) => test(componentNamed(image, condition.component), condition));
    for (let row = 0; row < smallest.rows; row += 1) {
      const entity = smallest.data[0]![row] as number;
      if (!others.every(({ name }) => find.get(name)!(entity) >= 0)) continue;
      if (!named.has(entity) && tests.every(({ component, meets }) => meets(find.get(component)!(entity)))) selected.push(entity);
    }
  }
  return ascending(selected);
}

function test(table: TableImage, { component, field, is, min = -Infinity, max = Infinity }: Condition): { component: string; meets: (row: number) => boolean } {
  const c = table.columns.findIndex(({ name }) => name === field);
  if (c < 0) throw refused(`${component} has no field ${field}; it has ${table.columns.slice(1).map(({ name }) => name).join(', ')}`);
  const cells = table.data[c]!;
  const isText = table.columns[c]!.kind === 'str';
  if (is !== undefined) {
    const wanted = isText ? String(is) : Number(is);
    return { component, meets: (row) => cells[row] === wanted };
  }
  if (isText) throw refused(`${component}.${field} holds text, which has no range`);
  return { component, meets: (row) => (cells[row] as number) >= min && (cells[row] as number) <= max };
}

/** Entities that others refer to, level by level: those selected first, then what they name, ascending within a level. */
export function followReferences(image: WorldImage, selected: readonly number[], { depth = Infinity, stop = [] }: Follow = {}): number[] {
  const isAlive = createLiveness(image);
  const stops = stop.map((name) => rowFinder(componentNamed(image, name)));
  const references = image.tables.filter(isComponent).flatMap((table) => {
    const columns = table.columns.flatMap(({ kind }, c) => (c > 0 && kind === 'eid' ? [table.data[c] as ArrayLike<number>] : []));
    return columns.length === 0 ? [] : [{ find: rowFinder(table), columns }];
  });
  const reached = createEntitySet(selected);
  const all = [...selected];
  let level: readonly number[] = selected;
  for (let n = 0; n < depth && level.length > 0; n += 1) {
    const next: number[] = [];
    for (const entity of level) {
      for (const { find, columns } of references) {
        const row = find(entity);
        if (row < 0) continue;
        for (const cells of columns) {
          const named = cells[row]!;
          if (named === 0 || reached.has(named) || !isAlive(named) || stops.some((has) => has(named) >= 0)) continue;
          reached.add(named);
          next.push(named);
        }
      }
    }
    level = ascending(next);
    for (const entity of level) all.push(entity);
  }
  return all;
}

function componentNamed(image: WorldImage, name: string): TableImage {
  const table = image.tables.find((candidate) => isComponent(candidate) && candidate.name === name);
  if (table !== undefined) return table;
  throw refused(`there is no component ${name}; there are ${image.tables.filter(isComponent).map((one) => one.name).join(', ')}`);
}

function refused(why: string): Fault {
  return new Fault('persistence/bad-selection', `the selection fits no world like this: ${why}`, {
    hint: 'Name entities by id, components, or values: Player.name=ada, Position.x=10..20.',
  });
}
