import { addComponent, addEntity, getAllEntities, getRelationTargets, query, type ComponentRef, type EntityId, type World } from 'bitecs';
import type { Component } from '@beamline/ecs';
import { createAdapter, type Adapter, type AdapterOptions } from './adapter.ts';
import type { BoundComponent, BoundRelation } from './bound-world.ts';

export interface BitecsOptions extends Omit<AdapterOptions, 'none'> {
  world: World;
  /**
   * What is stored, and where it is kept: `[component('Position', { x: f64, y: f64 }), Position]`. Stores may be
   * objects of arrays (`Position.x[eid]`), arrays of objects (`Position[eid].x`), or one array for a component whose only
   * field is called `value`; a component without fields is a tag. Fields of kind `eid` hold entity ids, 0 for none.
   */
  components: readonly (readonly [Component, ComponentRef])[];
  /** Relations without data, by name. */
  relations?: Readonly<Record<string, (target: EntityId) => ComponentRef>>;
}

type Cells = { [eid: number]: unknown };

/** A bitECS 0.4 world as a source and a target of snapshots. Components that are not listed are not stored. */
export function bitecsAdapter({ world, components, relations = {}, ...options }: BitecsOptions): Adapter<EntityId> {
  const bindComponent = ([component, store]: readonly [Component, ComponentRef]): BoundComponent<EntityId> => {
    const { order } = component;
    const plain = order.length === 1 && order[0] === 'value' && store['value'] === undefined;
    const records = !plain && Array.isArray(store);
    return {
      component,
      members: () => query(world, [store]),
      values(eid) {
        if (plain) return [(store as Cells)[eid]];
        if (records) return order.map((field) => ((store as Cells)[eid] as Record<string, unknown> | undefined)?.[field]);
        return order.map((field) => (store as Record<string, Cells>)[field]![eid]);
      },
      add(eid, values) {
        addComponent(world, eid, store);
        if (plain) (store as Cells)[eid] = values['value'];
        else if (records) (store as Cells)[eid] = values;
        else for (const field of order) (store as Record<string, Cells>)[field]![eid] = values[field];
      },
    };
  };
  const bindRelation = ([name, relation]: [string, (target: EntityId) => ComponentRef]): BoundRelation<EntityId> => ({
    name,
    members: () => getAllEntities(world),
    targets: (eid) => getRelationTargets(world, eid, relation as never),
    add: (eid, target) => void addComponent(world, eid, relation(target)),
  });
  return createAdapter<EntityId>({
    entities: () => getAllEntities(world),
    spawn: () => addEntity(world),
    components: components.map(bindComponent),
    relations: Object.entries(relations).map(bindRelation),
  }, { ...options, none: 0 });
}
