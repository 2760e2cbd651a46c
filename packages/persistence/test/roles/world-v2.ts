import { array, component, find, get, i32, i53, set, str, u16, u32, u8, type World } from '@beamline/ecs';
import { defineRole, intTag, type Message } from '@beamline/kernel';

/** Weighed in thirds, with room for marks. */
export const Rock = /*#__PURE__*/ component('Rock', { x: i32, weight: u32, marks: array(u8, 2) });
export const Walker = /*#__PURE__*/ component('Walker', { x: i53, address: str });
export const Health = /*#__PURE__*/ component('Health', { hp: u16 });
export const Shield = /*#__PURE__*/ component('Shield', { points: u16 });

function walk(world: World, message: Message): string {
  const player = find(world, Walker, 'address', message.from);
  set(world, player, Walker, 'x', get(world, player, Walker, 'x') + intTag(message, 'by', -100, 100) * 2);
  return `${get(world, player, Walker, 'x')} ${get(world, player, Health, 'hp')} ${get(world, player, Shield, 'points')}`;
}

/** Version 2: the player's one component is two, everybody has a shield, and steps are twice as long. */
export default defineRole({
  name: 'world', components: [Rock, Walker, Health, Shield], systems: [], tick: 'every-message', actions: { Walk: walk },
});
