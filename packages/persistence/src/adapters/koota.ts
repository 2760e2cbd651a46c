import type { Component } from '@beamline/ecs';
import type { Entity, Relation, Trait, World } from 'koota';
import { createAdapter, type Adapter, type AdapterOptions } from './adapter.ts';
import type { BoundComponent, BoundRelation } from './bound-world.ts';

export interface KootaOptions extends AdapterOptions {
  world: World;
  /**
   * What is stored, and its trait: `[component('Position', { x: f64, y: f64 }), Position]`. Traits may keep their values
   * in arrays (a schema) or as objects (a factory); a component without fields is a tag. Fields of kind `eid` hold
   * entities, or nothing.
   */
  components: readonly (readonly [Component, Trait])[];
  /** Relations without data, by name. */
  relations?: Readonly<Record<string, Relation>>;
}

/** A koota 0.6 world as a source and a target of snapshots. Traits that are not listed are not stored. */
export function kootaAdapter({ world, components, relations = {}, ...options }: KootaOptions): Adapter<Entity> {
  const bindComponent = ([component, trait]: readonly [Component, Trait]): BoundComponent<Entity> => ({
    component,
    members: () => world.query(trait),
    values(entity) {
      const record = entity.get(trait) as Record<string, unknown> | undefined;
      return component.order.map((field) => record?.[field]);
    },
    add: (entity, values) => entity.add(component.order.length === 0 ? trait : trait({ ...values } as never)),
  });
  const bindRelation = ([name, relation]: [string, Relation]): BoundRelation<Entity> => ({
    name,
    members: () => world.query(relation('*')),
    targets: (entity) => entity.targetsFor(relation),
    add: (entity, target) => entity.add(relation(target) as never),
  });
  return createAdapter<Entity>({
    // Without traits to ask for, koota 0.6 lists destroyed entities too.
    entities: () => world.query().filter((entity) => entity.isAlive()),
    spawn: () => world.spawn(),
    components: components.map(bindComponent),
    relations: Object.entries(relations).map(bindRelation),
  }, options);
}
