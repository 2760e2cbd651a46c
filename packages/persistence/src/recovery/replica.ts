import { Fault } from '@beamline/core';
import type { AoMap, Assignment, Slot } from '@beamline/core';
import { baseOf, definitionIn, mapOf, ownerMessage, type Definition } from '@beamline/kernel/operator';
import { createVm, type Computed, type Vm } from '@beamline/vm';
import type { WorldImage } from '../world-image.ts';
import { imageOfSnapshot } from './image-of-snapshot.ts';

export interface ReplicaOptions {
  /** Lua source of the bundle that the process runs. */
  code: string;
  /** Shown in errors. @default 'replica.lua' */
  chunkName?: string;
  /** Of each message. @default 5_000 */
  timeLimitMs?: number;
  /** Of the Lua memory. @default 256 MiB */
  memoryLimitBytes?: number;
}

/** An off-network copy of a process: the same bundle fed with the same schedule. */
export interface Replica {
  /** Last slot applied; -1 before any. */
  slot(): Slot;
  /** Applies assignments in slot order, starting with slot 0; those applied before are skipped. Resolves to the last slot. */
  apply(assignments: AsyncIterable<Assignment> | Iterable<Assignment>): Promise<Slot>;
  /** Lets a frozen replica apply the messages it holds, as the process would once thawed. */
  thaw(): Promise<void>;
  /** The state after the last slot applied. */
  image(): Promise<WorldImage>;
  close(): Promise<void>;
}

/** Assignments sent to the VM's worker at once. */
const BATCH = 256;

/** @throws (by its methods) Fault `persistence/schedule-gap`, `persistence/replica-failed`, `persistence/bad-snapshot`. */
export function createReplica({ code, chunkName = 'replica.lua', ...limits }: ReplicaOptions): Replica {
  let vm: Vm | undefined;
  let definition: Definition = {};
  let lastTimestamp = 0;
  let slot: Slot = -1;

  async function run(batch: readonly Assignment[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    if (vm === undefined) {
      definition = definitionIn(first.req);
      vm = await createVm({ code, chunkName, ...limits, base: baseOf(definition) });
    }
    const computed = await vm.computeAll(batch.map(({ req }) => req));
    for (const [n, result] of computed.entries()) {
      if (!result.ok) throw failed(batch[n]!.slot, result);
      slot = batch[n]!.slot;
      lastTimestamp = batch[n]!.timestamp;
    }
  }

  async function operate(name: 'Snapshot' | 'Thaw'): Promise<{ output: AoMap; chunks: AoMap }> {
    if (vm === undefined) throw gap(0, undefined);
    const result = await vm.compute(operation(definition, name, slot, lastTimestamp));
    if (!result.ok) throw failed(slot, result);
    const { output, chunks } = result.results ?? {};
    return { output: mapOf(output), chunks: mapOf(chunks) };
  }

  return {
    slot: () => slot,

    async apply(assignments) {
      let batch: Assignment[] = [];
      let next = slot + 1;
      for await (const assignment of assignments) {
        if (assignment.slot < next) continue;
        if (assignment.slot > next) throw gap(next, assignment.slot);
        next += 1;
        batch.push(assignment);
        if (batch.length < BATCH) continue;
        await run(batch);
        batch = [];
      }
      await run(batch);
      return slot;
    },

    async thaw() {
      for (let held = 1; held > 0;) {
        const { output } = await operate('Thaw');
        // A replica that is not frozen, and holds nothing, refuses.
        held = output['outcome'] === 'ok' ? (JSON.parse(String(output['data'])) as { held: number }).held : 0;
      }
    },

    async image() {
      const { output, chunks } = await operate('Snapshot');
      return imageOfSnapshot(slot, { output, chunks });
    },

    async close() {
      await vm?.close();
    },
  };
}

/** As the owner would ask. */
function operation(definition: Definition, name: string, slot: Slot, timestamp: number): AoMap {
  const environment = String(definition['beamline-environment'] ?? '');
  return ownerMessage(definition, { slot, timestamp, tags: { action: `Beamline.${name}`, protocol: '1', issued: String(timestamp), environment } });
}

function gap(expected: Slot, found: Slot | undefined): Fault {
  return new Fault('persistence/schedule-gap', `the replica needs slot ${expected} next, ${found === undefined ? 'and got nothing' : `got ${found}`}`, {
    hint: 'Feed the schedule from slot 0, in order and without gaps.',
  });
}

function failed(slot: Slot, { reason, message }: Computed & { ok: false }): Fault {
  return new Fault('persistence/replica-failed', `the replica failed at slot ${slot} (${reason}): ${message}`, {
    hint: 'A bundle from Beamline never fails: give the bundle that the process runs.',
    details: { slot, reason },
  });
}
