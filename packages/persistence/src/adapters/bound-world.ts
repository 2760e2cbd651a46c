import type { Component } from '@beamline/ecs';

/** How one component of another ECS is read and written; `E` is what that ECS calls an entity. */
export interface BoundComponent<E> {
  /** What is stored of it. Without fields it is a tag. */
  readonly component: Component;
  /** Entities that have it, in any order. */
  members(): Iterable<E>;
  /** One value per field, in the component's order: numbers, texts, booleans, entities; a list where the field is an array. */
  values(entity: E): readonly unknown[];
  /** Gives it to an entity that lacks it. */
  add(entity: E, values: Readonly<Record<string, unknown>>): void;
}

/** Links from entities to entities, without values of their own. */
export interface BoundRelation<E> {
  readonly name: string;
  members(): Iterable<E>;
  targets(entity: E): Iterable<E>;
  add(entity: E, target: E): void;
}

/** A world of another ECS as adapters see it. */
export interface BoundWorld<E> {
  /** All that are alive. */
  entities(): Iterable<E>;
  spawn(): E;
  readonly components: readonly BoundComponent<E>[];
  readonly relations?: readonly BoundRelation<E>[];
}
