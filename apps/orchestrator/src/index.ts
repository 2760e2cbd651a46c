export { createOrchestrator, type Orchestrator, type OrchestratorOptions } from './create-orchestrator.ts';
export type { WatchedEnvironment } from './watched-environment.ts';
