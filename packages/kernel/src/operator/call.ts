import { Fault, type AoNetwork, type Clock, type Output, type ProcessId, type SignedItem, type Signer, type Slot } from '@beamline/core';
import { PREFIX, PROTOCOL } from '../operations/authorise.ts';
import type { OperationName } from '../phase.ts';
import { replyOf } from './reply.ts';

export interface Connection {
  network: AoNetwork;
  signer: Signer;
  clock: Clock;
  /** Must be the one the processes were spawned with. @default none */
  environment?: string;
}

export interface OperationRequest {
  tags?: Readonly<Record<string, string | number | undefined>>;
  data?: string;
}

/** What an operation answered, and where: chunks are read at this slot. */
export interface OperationReply {
  slot: Slot;
  /** JSON text; its shape depends on the operation, see PROTOCOL.md. */
  data: string;
}

/** How far back a repeated item's first slot is looked for. */
const LOOK_BACK = 4096;

/** Signs an operation without sending it. The item is good for 10 minutes; sending it twice does it once. */
export async function prepare(
  { network, signer, clock, environment }: Connection, process: ProcessId, operation: OperationName,
  { tags = {}, data = '' }: OperationRequest = {},
): Promise<SignedItem> {
  const given = Object.entries(tags).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value: `${value}` }]));
  return network.signMessage(signer, {
    target: process,
    tags: [
      { name: 'Action', value: `${PREFIX}${operation}` },
      { name: 'Protocol', value: PROTOCOL },
      { name: 'Issued', value: `${clock.now()}` },
      ...(environment === undefined ? [] : [{ name: 'Environment', value: environment }]),
      ...given,
    ],
    data,
  });
}

/**
 * Sends a prepared operation and waits for its answer. Repeating it with the same item finds the first answer.
 * @throws Fault with the kernel's code; `kernel/not-computed` when the process does not compute; the network's `ao/…`.
 */
export async function submit({ network }: Connection, item: SignedItem, signal?: AbortSignal): Promise<OperationReply> {
  const delivery = await network.send(item, signal);
  const output = delivery.outcome === 'computed'
    ? delivery.output
    : await lateResult(network, item.target, delivery.slot, delivery.detail, signal);
  if (output['outcome'] !== 'duplicate') return replyOf(delivery.slot, output);
  const first = await firstSlot(network, item, delivery.slot, signal);
  return replyOf(first, await network.result(item.target, first, signal));
}

async function lateResult(network: AoNetwork, process: ProcessId, slot: Slot, detail: string, signal?: AbortSignal): Promise<Output> {
  const output = await network.result(process, slot, signal).catch((cause: unknown) => {
    throw notComputed(process, slot, detail, cause);
  });
  if (Object.keys(output).length === 0) throw notComputed(process, slot, detail);
  return output;
}

function notComputed(process: ProcessId, slot: Slot, detail: string, cause?: unknown): Fault {
  return new Fault('kernel/not-computed', `${process} has scheduled slot ${slot} but gives no result: ${detail}`, {
    hint: 'Compare its health with its schedule: if it stays behind, it is bricked and must be recovered.',
    retryable: true, details: { process, slot }, cause,
  });
}

async function firstSlot(network: AoNetwork, item: SignedItem, last: Slot, signal?: AbortSignal): Promise<Slot> {
  const range = { from: Math.max(0, last - LOOK_BACK), to: last };
  for await (const { message, slot } of network.schedule(item.target, range, signal)) {
    if (message === item.id) return slot;
  }
  return last;
}
