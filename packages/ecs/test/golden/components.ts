import { array, bool, component, eid, fixed, i16, i32, i53, i8, str, u16, u32, u8 } from '@beamline/ecs';

export const Position = /*#__PURE__*/ component('Position', { x: i32, y: i32 });
export const Health = /*#__PURE__*/ component('Health', { hp: u16, max: u16, shield: i16, poisoned: bool });
export const Bag = /*#__PURE__*/ component('Bag', { gold: i53, slots: array(u32, 4), owner: eid });
export const Name = /*#__PURE__*/ component('Name', { text: str, tags: array(str, 2), rank: u8 });
export const Motion = /*#__PURE__*/ component('Motion', { speed: fixed(16), turn: i8 });

export const components = [Position, Health, Bag, Name, Motion];
