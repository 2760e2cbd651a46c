import { component, u32 } from '@beamline/ecs';

export const Score = /*#__PURE__*/ component('Score', { points: u32 });
export const Lonely = /*#__PURE__*/ component('Lonely', {
  first: u32, second: u32, third: u32, fourth: u32, fifth: u32, sixth: u32, seventh: u32, eighth: u32, ninth: u32,
});
