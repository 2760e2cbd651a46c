export { startLocalNetwork, type LocalNetwork, type LocalNetworkOptions } from './local/start.ts';
export { launchLocalNetwork, type LaunchedNetwork, type LaunchOptions } from './local/launch.ts';
export type { LocalLimits } from './local/limits.ts';
export { forkProcess, type Fork, type ForkOptions } from './local/fork.ts';
export { networkStatus, type NetworkStatus, type RunningNetwork } from './local/folder/network-status.ts';
export { stopNetwork, type StopOptions } from './local/folder/stop-network.ts';
export { resetNetwork } from './local/folder/reset-network.ts';
export { lastPort } from './local/folder/announcement.ts';
export { parseLimits } from './local/limits.ts';
