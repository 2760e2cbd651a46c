export { clientRequest, processRequest, pushedRequest, testId, type RequestSpec } from './request.ts';
export { createTestProcess, type Said, type TestProcess, type TestProcessOptions } from './process.ts';
export { createMemoryNetwork, type MemoryNetwork, type MemoryNetworkOptions } from './memory-network.ts';
export type { MemoryProcess } from './memory-process.ts';
