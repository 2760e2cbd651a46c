import { array, bool, component, eid, f64, str, u16, u8 } from '@beamline/ecs';

export const Position = component('Position', { x: f64, y: f64 });
export const Health = component('Health', { value: u16 });
export const Profile = component('Profile', { name: str, owner: eid, slots: array(u8, 3), vip: bool });
export const Enemy = component('Enemy', {});
export const components = [Position, Health, Profile, Enemy] as const;

/** The same small game in any ECS; `E` is its entity. */
export interface GameIn<E> {
  spawn(): E;
  remove(entity: E): void;
  position(entity: E, x: number, y: number): void;
  health(entity: E, value: number): void;
  profile(entity: E, profile: { name: string; owner: E | undefined; slots: number[]; vip: boolean }): void;
  enemy(entity: E): void;
  follow?(entity: E, target: E): void;
}

/** 2,500 entities in a fixed order: the same game has the same state wherever it is played. */
export function play<E>(game: GameIn<E>): E[] {
  const entities = Array.from({ length: 2_500 }, () => game.spawn());
  for (const [n, entity] of entities.entries()) {
    game.position(entity, n / 8, -n);
    if (n % 2 === 0) game.health(entity, n);
    if (n % 3 === 0) game.profile(entity, { name: `Zoë ${n}`, owner: n === 0 ? undefined : entities[n - 1], slots: [n % 256, 1, 2], vip: n % 6 === 0 });
    if (n % 5 === 0) game.enemy(entity);
    if (n % 100 === 1) game.follow?.(entity, entities[n - 1]!);
  }
  return entities;
}
