export { startLocalNetwork, type LocalNetwork, type LocalNetworkOptions } from './local/start.ts';
export { launchLocalNetwork, type LaunchedNetwork, type LaunchOptions } from './local/launch.ts';
export type { LocalLimits } from './local/limits.ts';
export { forkProcess, type Fork, type ForkOptions } from './local/fork.ts';
