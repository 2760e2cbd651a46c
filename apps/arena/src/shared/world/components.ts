import { array, component, i32, i53, str, u16, u32, u8 } from '@beamline/ecs';

/** Someone who plays. `address` signed the messages. */
export const Player = /*#__PURE__*/ component('Player', { address: str, name: str });
/** Cell of the map, 0 … 999 each way. */
export const Position = /*#__PURE__*/ component('Position', { x: i32, y: i32 });
/** Where an entity is going; gone once it is there. */
export const Heading = /*#__PURE__*/ component('Heading', { x: i32, y: i32 });
export const Health = /*#__PURE__*/ component('Health', { hp: u16, max: u16 });
/** Gold is never made nor lost: it moves between purses, loot and the treasury. */
export const Purse = /*#__PURE__*/ component('Purse', { gold: u32 });
/** Up to eight stacks; item 0 is an empty slot. */
export const Bag = /*#__PURE__*/ component('Bag', { items: array(u16, 8), counts: array(u16, 8) });
/** Items worn, 0 for none. */
export const Equipment = /*#__PURE__*/ component('Equipment', { weapon: u16, armour: u16 });
/** Beaten; gets up again at this tick. */
export const Fallen = /*#__PURE__*/ component('Fallen', { until: i53 });
/** A monster on the map. */
export const Roaming = /*#__PURE__*/ component('Roaming', { kind: u8 });
/** Lies on the map until somebody takes it or it sinks in at tick `until`. */
export const Loot = /*#__PURE__*/ component('Loot', { item: u16, gold: u32, until: i53 });
/** The one entity that pays rewards and takes fees. */
export const Treasury = /*#__PURE__*/ component('Treasury', { gold: i53 });
