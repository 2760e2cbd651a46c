export { createVm, type Computed, type Vm, type VmOptions } from './vm.ts';
export { checkLua, type LuaProfile } from './lua-source.ts';
export { bytesOfText, textOfBytes } from './exact-text.ts';
export { createVmPool, type PooledVm, type PooledVmOptions, type VmPool, type VmPoolOptions } from './pool/vm-pool.ts';
