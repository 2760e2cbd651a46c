export { defineRole, refuse, type Action, type Refusal, type Reply, type Role, type RoleSpec, type TickPolicy } from './role.ts';
export { intTag, textTag, type Message } from './message.ts';
export { send, type Sending } from './outbox.ts';
export { charge } from './budget.ts';
export { createProcess, type Compute } from './hosts/raw.ts';
export type { Build } from './kernel.ts';
export type { Health } from './health.ts';
export type { Outcome } from './answer.ts';
export type { OperationName, Phase } from './phase.ts';
