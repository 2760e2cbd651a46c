export { createVm, type Applied, type Computed, type Failed, type Vm, type VmOptions } from './vm.ts';
export { replay, type Replayed, type ReplayEntry, type ReplayOptions, type Root } from './replay.ts';
export type { Cost } from './instruction-meter.ts';
export type { VmMemory } from './worker-protocol.ts';
export { checkLua, type LuaProfile } from './lua-source.ts';
export { bytesOfText, textOfBytes } from './exact-text.ts';
export { createVmPool, type PooledVm, type PooledVmOptions, type VmPool, type VmPoolOptions } from './pool/vm-pool.ts';
