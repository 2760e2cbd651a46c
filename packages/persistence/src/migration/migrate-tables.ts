import type { Column } from '@beamline/ecs';
import type { Cells, TableImage } from '../world-image.ts';
import { pageCountOf } from '../world-image.ts';
import { rowFinder } from '../row-finder.ts';
import { badMigration, belongsTo, columnsOfField, filledColumns } from './cell.ts';
import { mappedColumns } from './map-field.ts';
import type { MigrationStep } from './migration.ts';
import { refuseMisfits, type DataWatch } from './misfit.ts';
import { retypedColumns } from './retype.ts';

/** The first column of every component: whose row it is. */
const ENTITY: Column = { name: '$entity', kind: 'eid' };

/**
 * One step on the tables of a world. The step was checked against the layout before, so names are known to be right.
 * Tables a step doesn't name are returned as they are; tables it makes carry `slot` as the stamp of their pages.
 */
export function migrateTables(
  tables: readonly TableImage[], step: MigrationStep, slot: number, watch: DataWatch = refuseMisfits,
): TableImage[] {
  switch (step.do) {
    case 'add-component': {
      const entities = step.on === undefined ? [] : [...(named(tables, step.on).data[0] as number[])];
      const columns = [ENTITY, ...step.fields.flatMap(columnsOfField)];
      const data = step.fields.flatMap((field) =>
        filledColumns(step.component, field, step.values[field.name], entities.length));
      return insert(tables, [table(step.component, columns, [entities, ...data], slot)]);
    }
    case 'drop-component':
      tellLosses(named(tables, step.component), () => true, watch);
      return tables.filter(({ name }) => name !== step.component);
    case 'add-field':
      return replace(tables, step.component, ({ columns, data, rows }) => [table(step.component,
        [...columns, ...columnsOfField(step.field)],
        [...data, ...filledColumns(step.component, step.field, step.value, rows)], slot)]);
    case 'drop-field':
      return replace(tables, step.component, (whole) => {
        tellLosses(whole, (column) => belongsTo(column, step.field), watch);
        return [pick(whole, step.component, (column) => !belongsTo(column, step.field), slot)];
      });
    case 'rename-field':
      return replace(tables, step.component, (whole) => [{
        ...whole,
        columns: whole.columns.map((column) => (belongsTo(column, step.from)
          ? { ...column, name: step.to + column.name.slice(step.from.length) }
          : column)),
      }]);
    case 'rename-component':
      return replace(tables, step.from, (whole) => [{ ...whole, name: step.to }]);
    case 'split':
      return replace(tables, step.component, (whole) => step.parts.map(({ component, fields }) =>
        pick(whole, component, (column) => fields.some((field) => belongsTo(column, field)), slot)));
    case 'merge': {
      const [first, ...others] = step.components.map((component) => named(tables, component));
      const rest = tables.filter(({ name }) => name === first!.name || !step.components.includes(name));
      return replace(rest, first!.name, (whole) => [mergeTables(whole, others, step, slot, watch)]);
    }
    case 'widen':
    case 'map':
      return replace(tables, step.component, (whole) => [retypeTable(whole, step, slot, watch)]);
  }
}

function retypeTable(whole: TableImage, step: MigrationStep & { do: 'widen' | 'map' }, slot: number, watch: DataWatch): TableImage {
  const { component, from, to, onMisfit } = step;
  const first = whole.columns.findIndex((column) => belongsTo(column, from.name));
  const own = whole.data.slice(first, first + from.length);
  const retyping = { component, from, to, entities: whole.data[0]!, onMisfit, watch };
  const cells = step.do === 'widen' ? retypedColumns(own, retyping) : mappedColumns(own, whole, step.by, retyping);
  const columns = [...whole.columns.slice(0, first), ...columnsOfField(to), ...whole.columns.slice(first + from.length)];
  const data = [...whole.data.slice(0, first), ...cells, ...whole.data.slice(first + from.length)];
  return table(component, columns, data, slot);
}

/** Names cells that are dropped and were not empty. */
function tellLosses({ name, columns, data }: TableImage, dropped: (column: Column) => boolean, { loss }: DataWatch): void {
  if (loss === undefined) return;
  const entities = data[0] as readonly number[];
  columns.forEach((column, c) => {
    if (c === 0 || !dropped(column)) return;
    data[c]!.forEach((value, row) => {
      if (value !== 0 && value !== '') loss({ component: name, field: column.name, entity: entities[row]!, value, why: 'it is dropped' });
    });
  });
}

function mergeTables(
  first: TableImage, others: readonly TableImage[], step: MigrationStep & { do: 'merge' }, slot: number, watch: DataWatch,
): TableImage {
  const all = [first, ...others];
  const columns: Column[] = [ENTITY, ...all.flatMap((part) => part.columns.slice(1))];
  // Parts of what was split before: the same entities in the same order, nothing to be moved.
  if (others.every((part) => isSameColumn(part.data[0]!, first.data[0]!))) {
    return table(step.into, columns, [first.data[0]!, ...all.flatMap((part) => part.data.slice(1))], slot);
  }
  const entities = [...new Set(all.flatMap(({ data }) => data[0] as readonly number[]))];
  const data: Cells[] = [entities];
  for (const part of all) {
    const find = rowFinder(part);
    const rows = entities.map(find);
    if (step.missing === 'refuse') {
      const why = `it lacks ${part.name}, so ${step.components.join(' and ')} don't merge`;
      entities.forEach((entity, at) => {
        if (rows[at]! < 0) watch.misfit({ component: step.into, entity, why });
      });
    }
    part.columns.slice(1).forEach(({ kind }, c) => {
      const cells = part.data[c + 1]!;
      const nothing = kind === 'str' ? '' : 0;
      data.push(rows.map((row) => (row < 0 ? nothing : cells[row]!)));
    });
  }
  return table(step.into, columns, data, slot);
}

function isSameColumn(a: Cells, b: Cells): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let row = 0; row < a.length; row += 1) if (a[row] !== b[row]) return false;
  return true;
}

function pick(whole: TableImage, name: string, keep: (column: Column) => boolean, slot: number): TableImage {
  const kept = whole.columns.map((column, c) => c === 0 || keep(column));
  return table(name, whole.columns.filter((_, c) => kept[c]), whole.data.filter((_, c) => kept[c]), slot);
}

function table(name: string, columns: Column[], data: Cells[], slot: number): TableImage {
  const rows = data[0]!.length;
  return { name, columns, rows, data, stamps: Array.from({ length: pageCountOf(rows) }, () => slot) };
}

function named(tables: readonly TableImage[], name: string): TableImage {
  const found = tables.find((candidate) => candidate.name === name);
  if (found === undefined || name.startsWith('$')) throw badMigration(`the world has no component ${name}`);
  return found;
}

function replace(
  tables: readonly TableImage[], name: string, make: (whole: TableImage) => TableImage[],
): TableImage[] {
  const whole = named(tables, name);
  return tables.flatMap((candidate) => (candidate === whole ? make(whole) : [candidate]));
}

/** After the last component: the kernel's tables come behind. */
function insert(tables: readonly TableImage[], added: TableImage[]): TableImage[] {
  const last = tables.findLastIndex(({ name }) => !name.startsWith('$'));
  const at = last >= 0 ? last + 1 : tables.findIndex(({ name }) => name === '$free') + 1;
  return [...tables.slice(0, at), ...added, ...tables.slice(at)];
}
