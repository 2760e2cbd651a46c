import { Fault, type Slot } from '@beamline/core';
import type { Column, Component } from '@beamline/ecs';
import { keyedColumns, layoutHash, layoutOf } from '@beamline/ecs';
import type { ColumnSource } from '../columns/column-source.ts';
import type { ColumnTable, ColumnWorld } from '../columns/column-world.ts';
import type { BoundComponent, BoundRelation, BoundWorld } from './bound-world.ts';
import { cellOf, valueOf } from './cell-value.ts';
import { createEntityIds, type EntityIds } from './entity-ids.ts';
import { rowTable, type RowTable } from './row-table.ts';

/** A world of another ECS as a source and a target of snapshots. */
export interface Adapter<E> {
  /** For `createSnapshotter`. Every page is read at each snapshot; those that differ are written. */
  readonly source: ColumnSource;
  /**
   * Makes the world, which must be empty, hold a stored one. Entities get new handles; their ids in snapshots stay.
   * @throws Fault `persistence/layout-mismatch`, `persistence/not-empty` before anything is changed
   */
  load(stored: ColumnWorld): void;
  /** The name of an entity in snapshots, for as long as it lives; 0 for one that no snapshot has seen. */
  idOf(entity: E): number;
  entityOf(id: number): E | undefined;
}

export interface AdapterOptions {
  /** Last slot applied: your tick. Every write after a snapshot must happen under a later one. */
  slot: () => Slot;
  /** What stands for no entity in `eid` fields. @default undefined */
  none?: unknown;
}

const IDS: readonly Column[] = [{ name: 'next', kind: 'u32' }];
const ENTITIES: readonly Column[] = [{ name: '$entity', kind: 'eid' }];
const RELATION: readonly Column[] = [{ name: '$entity', kind: 'eid' }, { name: 'target', kind: 'eid' }];

/** Tables: `$ids` (one row), `$entities`, the components in their order, then the relations; rows in the order of ids. */
export function createAdapter<E>(world: BoundWorld<E>, { slot, none }: AdapterOptions): Adapter<E> {
  const { components, relations = [] } = world;
  const ids = createEntityIds<E>();
  const layout = layoutHash(layoutOf([...components.map(({ component }) => component), ...relations.map(({ name }) => relationComponent(name))]));
  let seenAt: Slot | undefined;

  const own = <R>(name: string, columns: readonly Column[], list: () => R[], cells: (row: R) => number[]): RowTable =>
    rowTable({ name, columns, slot, list, cellsOf: cells });
  const tables = [
    own('$ids', IDS, () => [ids.next()], (next) => [next]),
    own('$entities', ENTITIES, () => [...ids.all()], (id) => [id]),
    ...components.map((bound) => componentTable(bound, ids, slot)),
    ...relations.map((relation) => own(relation.name, RELATION, () => pairsOf(relation, ids), (pair) => pair)),
  ];

  return {
    idOf: (entity) => ids.of(entity),
    entityOf: (id) => ids.entity(id),
    source: {
      layout,
      slot,
      tables() {
        if (seenAt !== slot()) {
          ids.renew(world.entities());
          seenAt = slot();
          for (const table of tables) table.renew();
        }
        return tables;
      },
    },
    load(stored) {
      for (const _ of world.entities()) throw notEmpty();
      if (stored.layout !== layout) {
        throw new Fault('persistence/layout-mismatch', `the snapshot has layout ${stored.layout}, the bound world has ${layout}`, {
          hint: 'Bind the components that the snapshot was taken of, in their order, or migrate the snapshot first.',
        });
      }
      const [idTable, entityTable, ...rest] = stored.tables;
      ids.restore(Number(idTable!.data[0]![0]));
      for (let row = 0; row < entityTable!.rows; row += 1) ids.bind(Number(entityTable!.data[0]![row]), world.spawn());
      for (const [n, bound] of components.entries()) loadComponent(bound, rest[n]!, ids, none);
      for (const [n, relation] of relations.entries()) {
        const { rows, data } = rest[components.length + n]!;
        for (let row = 0; row < rows; row += 1) relation.add(entityAt(ids, data[0]![row]!), entityAt(ids, data[1]![row]!));
      }
      seenAt = undefined;
    },
  };
}

function componentTable<E>({ component, members, values }: BoundComponent<E>, ids: EntityIds<E>, slot: () => Slot): RowTable {
  const fields = component.order.map((field) => component.fields[field]!);
  return rowTable<E>({
    name: component.name, columns: keyedColumns(component.columns), slot,
    list: () => [...members()].sort((a, b) => ids.of(a) - ids.of(b)),
    cellsOf(entity) {
      const cells: (number | string)[] = [ids.of(entity)];
      for (const [n, value] of values(entity).entries()) {
        const { kind, length } = fields[n]!;
        if (length === 1) cells.push(cellOf(kind, value, ids));
        else for (let i = 0; i < length; i += 1) cells.push(cellOf(kind, (value as ArrayLike<unknown> | undefined)?.[i], ids));
      }
      return cells;
    },
  });
}

/** `[entity, target]` by ids; targets that are dead are left out. */
function pairsOf<E>({ members, targets }: BoundRelation<E>, ids: EntityIds<E>): [number, number][] {
  const pairs = [...members()].flatMap((entity) => [...targets(entity)].map((target): [number, number] => [ids.of(entity), ids.of(target)]));
  return pairs.filter(([, target]) => target !== 0).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

function loadComponent<E>({ component, add }: BoundComponent<E>, { rows, data }: ColumnTable, ids: EntityIds<E>, none: unknown): void {
  for (let row = 0; row < rows; row += 1) {
    const values: Record<string, unknown> = {};
    let column = 1;
    for (const field of component.order) {
      const { kind, length } = component.fields[field]!;
      const list = Array.from({ length }, (_, i) => valueOf(kind, data[column + i]![row]!, ids, none));
      values[field] = length === 1 ? list[0] : list;
      column += length;
    }
    add(entityAt(ids, data[0]![row]!), values);
  }
}

function entityAt<E>(ids: EntityIds<E>, id: number | string): E {
  const entity = ids.entity(Number(id));
  if (entity !== undefined) return entity;
  throw new Fault('persistence/manifest-damaged', `a row names entity ${id}, which the snapshot does not list`);
}

/** How a relation appears in the layout's hash. */
const relationComponent = (name: string): Component => ({
  name, fields: { target: { kind: 'eid', length: 1, scale: 0 } }, order: ['target'], columns: [{ name: 'target', kind: 'eid' }], start: { target: 1 },
});

function notEmpty(): Fault {
  return new Fault('persistence/not-empty', 'the world has entities already: a snapshot replaces everything, and their handles would be lost', {
    hint: 'Load into a new world, or remove all entities first.',
  });
}
