import type { Component } from '@beamline/ecs';
import type { World } from 'miniplex';
import { createAdapter, type Adapter, type AdapterOptions } from './adapter.ts';
import type { BoundComponent } from './bound-world.ts';

/** Any entity: properties by name. */
type Entity = Record<string, unknown>;

export interface MiniplexOptions<E> extends AdapterOptions {
  world: World<E extends object ? E : never>;
  /**
   * What is stored: `component('position', { x: f64, y: f64 })` for the property `position: { x, y }`; a component whose
   * only field is called `value` for a plain one (`health: 10`); one without fields for a tag (`enemy: true`). Fields of
   * kind `eid` hold entities, or nothing.
   */
  components: readonly Component[];
}

/** A miniplex 2 world as a source and a target of snapshots. Properties that are not listed are not stored. */
export function miniplexAdapter<E extends object>({ world: given, components, ...options }: MiniplexOptions<E>): Adapter<E> {
  const world = given as unknown as World<Entity>;
  const bind = (component: Component): BoundComponent<Entity> => {
    const { name, order } = component;
    const plain = order.length === 1 && order[0] === 'value';
    return {
      component,
      *members() {
        for (const entity of world.entities) if (entity[name] !== undefined) yield entity;
      },
      values: (entity) => (plain ? [entity[name]] : order.map((field) => (entity[name] as Entity)[field])),
      add: (entity, values) => void world.addComponent(entity, name, order.length === 0 ? true : plain ? values['value'] : values),
    };
  };
  return createAdapter<Entity>({
    entities: () => world.entities,
    spawn: () => world.add({}),
    components: components.map(bind),
  }, options) as unknown as Adapter<E>;
}
