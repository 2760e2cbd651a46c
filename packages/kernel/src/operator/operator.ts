import type { Assignment, ProcessId, SignedItem } from '@beamline/core';
import type { OperationName } from '../phase.ts';
import { prepare, submit, type Connection, type OperationReply, type OperationRequest } from './call.ts';
import { readHealth, type KernelHealth } from './kernel-health.ts';
import { parseReply, type AppliedReply, type HandOverReply } from './reply.ts';
import { replay, type ReplayOptions } from './replay.ts';
import { restore, type RestoreRequest } from './restore.ts';
import { upgrade, type UpgradeRequest } from './upgrade.ts';
import { snapshotReply, type SnapshotReply } from './snapshot-index.ts';

export type OperatorOptions = Connection;

/**
 * The owner's side of the kernel's protocol. Every call is done when it resolves, and safe to repeat when it does not:
 * it throws a Fault by the kernel's code (PROTOCOL.md), or the network's.
 */
export interface Operator {
  /** Signs without sending, so that a journal can note the item first. Good for 10 minutes. */
  prepare(process: ProcessId, operation: OperationName, request?: OperationRequest): Promise<SignedItem>;
  submit(item: SignedItem, signal?: AbortSignal): Promise<OperationReply>;
  call(process: ProcessId, operation: OperationName, request?: OperationRequest, signal?: AbortSignal): Promise<OperationReply>;
  health(process: ProcessId, signal?: AbortSignal): Promise<KernelHealth | undefined>;
  snapshot(process: ProcessId, options?: { since?: number }, signal?: AbortSignal): Promise<SnapshotReply>;
  freeze(process: ProcessId, options?: { since?: number }, signal?: AbortSignal): Promise<SnapshotReply>;
  restore(process: ProcessId, request: RestoreRequest, signal?: AbortSignal): Promise<void>;
  /** Repeats `Thaw` until nothing is held; counts of all together. */
  thaw(process: ProcessId, signal?: AbortSignal): Promise<AppliedReply>;
  activate(process: ProcessId, options?: { acceptFrom?: readonly ProcessId[] }, signal?: AbortSignal): Promise<void>;
  /** Repeats `Hand-Over` until nothing is held. `limit`: forwards per message. @default 32 */
  handOver(process: ProcessId, options: { successor: ProcessId; limit?: number }, signal?: AbortSignal): Promise<HandOverReply>;
  retire(process: ProcessId, options?: { successor?: ProcessId }, signal?: AbortSignal): Promise<void>;
  /** `mode: 'accept'` trusts the process under the name without sending to it yet. @default 'target' */
  link(process: ProcessId, link: { name: string; process: ProcessId; mode?: 'target' | 'accept' }, signal?: AbortSignal): Promise<void>;
  replay(
    process: ProcessId, assignments: Iterable<Assignment> | AsyncIterable<Assignment>, options?: ReplayOptions, signal?: AbortSignal,
  ): Promise<AppliedReply>;
  /** New code in the same process, at one message boundary. Lua processes only. */
  upgrade(process: ProcessId, request: UpgradeRequest, signal?: AbortSignal): Promise<void>;
}

export function createOperator(connection: OperatorOptions): Operator {
  const { network } = connection;
  const call: Operator['call'] = async (process, operation, request, signal) =>
    submit(connection, await prepare(connection, process, operation, request), signal);

  return {
    prepare: (process, operation, request) => prepare(connection, process, operation, request),
    submit: (item, signal) => submit(connection, item, signal),
    call,
    health: (process, signal) => readHealth(network, process, signal),
    snapshot: async (process, { since } = {}, signal) =>
      snapshotReply(network, process, await call(process, 'Snapshot', { tags: { Since: since } }, signal)),
    freeze: async (process, { since } = {}, signal) =>
      snapshotReply(network, process, await call(process, 'Freeze', { tags: { Since: since } }, signal)),
    restore: (process, request, signal) => restore(connection, process, request, signal),
    async thaw(process, signal) {
      const total: AppliedReply = { ok: 0, refused: 0, duplicates: 0, errors: 0, held: 0, phase: 'frozen' };
      do {
        const reply = parseReply<AppliedReply>(await call(process, 'Thaw', {}, signal));
        for (const count of ['ok', 'refused', 'duplicates', 'errors'] as const) total[count] += reply[count];
        total.held = reply.held;
        total.phase = reply.phase;
      } while (total.held > 0);
      return total;
    },
    async activate(process, { acceptFrom = [] } = {}, signal) {
      await call(process, 'Activate', { tags: { 'Accept-From': acceptFrom.length === 0 ? undefined : acceptFrom.join(',') } }, signal);
    },
    async handOver(process, { successor, limit }, signal) {
      let forwarded = 0;
      for (;;) {
        const request = { tags: { Successor: successor, Limit: limit } };
        const reply = parseReply<HandOverReply>(await call(process, 'Hand-Over', request, signal));
        forwarded += reply.forwarded;
        if (reply.held === 0) return { ...reply, forwarded };
      }
    },
    async retire(process, { successor } = {}, signal) {
      await call(process, 'Retire', { tags: { Successor: successor } }, signal);
    },
    async link(process, { name, process: linked, mode }, signal) {
      await call(process, 'Link', { tags: { 'Link-Name': name, 'Link-Process': linked, 'Link-Mode': mode } }, signal);
    },
    replay: (process, assignments, options, signal) => replay(connection, process, assignments, options, signal),
    upgrade: (process, request, signal) => upgrade(connection, process, request, signal),
  };
}
