export { startLocalNetwork, type LocalNetwork, type LocalNetworkOptions } from './local/start.ts';
export type { LocalLimits } from './local/limits.ts';
