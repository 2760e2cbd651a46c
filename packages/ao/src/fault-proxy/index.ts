export { createFaultProxy, type FaultProxy, type FaultProxyOptions } from './fault-proxy.ts';
export type { FaultCounts, FaultKind, FaultRule } from './fault.ts';
