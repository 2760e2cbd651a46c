import { bool, component, eid, str, u16, u32, u8 } from '@beamline/ecs';

/** Someone who fights here. `fight` is the one under way, or 0. */
export const Fighter = /*#__PURE__*/ component('Fighter', { address: str, fight: eid, wins: u32, losses: u32 });
/** Each fight costs energy; time gives it back. */
export const Energy = /*#__PURE__*/ component('Energy', { points: u8 });
/** A fight under way: whose, against which monster, and what both can still take. */
export const Fight = /*#__PURE__*/ component('Fight', { fighter: eid, monster: u8, rounds: u16 });
export const Stand = /*#__PURE__*/ component('Stand', { fighter: u16, monster: u16 });
/** A fight that ended and waits to be reported to the world. */
export const Verdict = /*#__PURE__*/ component('Verdict', { won: bool });
