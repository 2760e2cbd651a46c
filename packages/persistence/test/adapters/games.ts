import { addComponent, addEntity, createRelation, createWorld as createBitecsWorld, removeEntity, type EntityId } from 'bitecs';
import { createWorld as createKootaWorld, relation, trait, type Entity, type World as KootaWorld } from 'koota';
import { World } from 'miniplex';
import { bitecsAdapter } from '../../src/adapters/bitecs.ts';
import { kootaAdapter } from '../../src/adapters/koota.ts';
import { miniplexAdapter } from '../../src/adapters/miniplex.ts';
import type { Adapter } from '../../src/index.ts';
import { components, Enemy, Health, play, Position, Profile, type GameIn } from './small-game.ts';

/** A game in one ECS, with its adapter and its time. */
export interface Played<E> {
  adapter: Adapter<E>;
  game: GameIn<E>;
  entities: E[];
  time: { slot: number };
  /** What the game itself sees of an entity. */
  see(entity: E): unknown;
}

export function inBitecs({ relations = false, empty = false } = {}): Played<EntityId> {
  const world = createBitecsWorld();
  const [P, H, F, T] = [{ x: new Float64Array(10_000), y: [] as number[] }, [] as number[], { name: [] as string[], owner: [] as number[], slots: [] as number[][], vip: [] as boolean[] }, {}];
  const Follows = createRelation();
  const time = { slot: 1 };
  const game: GameIn<EntityId> = {
    spawn: () => addEntity(world),
    remove: (e) => removeEntity(world, e),
    position(e, x, y) { addComponent(world, e, P); P.x[e] = x; P.y[e] = y; },
    health(e, value) { addComponent(world, e, H); H[e] = value; },
    profile(e, { name, owner = 0, slots, vip }) {
      addComponent(world, e, F);
      F.name[e] = name; F.owner[e] = owner; F.slots[e] = slots; F.vip[e] = vip;
    },
    enemy: (e) => addComponent(world, e, T),
    ...(relations && { follow: (e, target) => void addComponent(world, e, Follows(target)) }),
  };
  const adapter = bitecsAdapter({
    world, slot: () => time.slot, components: [[Position, P], [Health, H], [Profile, F], [Enemy, T]], ...(relations && { relations: { Follows } }),
  });
  const see = (e: EntityId) => [P.x[e], P.y[e], F.name[e], F.owner[e] === undefined ? undefined : adapter.idOf(F.owner[e]), F.slots[e], F.vip[e]];
  return { adapter, game, entities: empty ? [] : play(game), time, see };
}

const kootaWorlds: KootaWorld[] = [];

/** koota has room for a few worlds at a time. */
export function endKootaWorlds(): void {
  for (const world of kootaWorlds.splice(0)) world.destroy();
}

export function inKoota({ relations = false, empty = false } = {}): Played<Entity> {
  const world = createKootaWorld();
  kootaWorlds.push(world);
  const P = trait({ x: 0, y: 0 });
  const H = trait({ value: 0 });
  const F = trait(() => ({ name: '', owner: undefined as Entity | undefined, slots: [] as number[], vip: false }));
  const T = trait();
  const Follows = relation();
  const time = { slot: 1 };
  const game: GameIn<Entity> = {
    spawn: () => world.spawn(),
    remove: (e) => e.destroy(),
    position: (e, x, y) => e.has(P) ? e.set(P, { x, y }) : e.add(P({ x, y })),
    health: (e, value) => e.add(H({ value })),
    profile: (e, profile) => e.add(F(profile)),
    enemy: (e) => e.add(T),
    ...(relations && { follow: (e: Entity, target: Entity) => e.add(Follows(target)) }),
  };
  const adapter = kootaAdapter({
    world, slot: () => time.slot, components: [[Position, P], [Health, H], [Profile, F], [Enemy, T]], ...(relations && { relations: { Follows } }),
  });
  const see = (e: Entity) => {
    const [p, f] = [e.get(P), e.get(F)];
    return [p?.x, p?.y, f?.name, f === undefined ? undefined : f.owner === undefined ? 0 : adapter.idOf(f.owner), f?.slots, f?.vip];
  };
  return { adapter, game, entities: empty ? [] : play(game), time, see };
}

interface Creature {
  Position?: { x: number; y: number };
  Health?: number;
  Profile?: { name: string; owner: Creature | undefined; slots: number[]; vip: boolean };
  Enemy?: true;
}

export function inMiniplex({ empty = false } = {}): Played<Creature> {
  const world = new World<Creature>();
  const time = { slot: 1 };
  const game: GameIn<Creature> = {
    spawn: () => world.add({}),
    remove: (e) => void world.remove(e),
    position: (e, x, y) => { if (e.Position) Object.assign(e.Position, { x, y }); else world.addComponent(e, 'Position', { x, y }); },
    health: (e, value) => world.addComponent(e, 'Health', value),
    profile: (e, profile) => world.addComponent(e, 'Profile', profile),
    enemy: (e) => world.addComponent(e, 'Enemy', true),
  };
  const adapter = miniplexAdapter<Creature>({ world, slot: () => time.slot, components });
  const see = ({ Position: p, Profile: f }: Creature) => [p?.x, p?.y, f?.name, f === undefined ? undefined : f.owner === undefined ? 0 : adapter.idOf(f.owner), f?.slots, f?.vip];
  return { adapter, game, entities: empty ? [] : play(game), time, see };
}
