import type { Address, AoMap, Assignment, MessageId, ProcessId } from '@beamline/core';
import type { Envelope } from '../envelope.ts';
import { readEnvelope } from '../hosts/commitments.ts';
import { isOperation } from '../operations/authorise.ts';
import { originalOf } from '../origin.ts';
import { packEnvelope } from '../pack.ts';
import { prepare, submit, type Connection } from './call.ts';
import { parseReply, type AppliedReply } from './reply.ts';

export interface ReplayOptions {
  /** Nodes the original process believed about `from-process`. @default the network's node */
  authorities?: readonly Address[];
  /** Predecessors whose forwards the original process accepted; other forwards were refused there, and are left out. @default [] */
  acceptFrom?: readonly ProcessId[];
  /** `mute` when this process runs another release than the original: what it sends may not match. @default 'keep' */
  sends?: 'keep' | 'mute';
}

const BATCH_MESSAGES = 64;
const BATCH_BYTES = 262_144;
/** Messages of the same content carry each other's signatures; as many as a process remembers ids. */
const MAX_PACKED_IDS = 4_096;

/**
 * The game message in an assignment as the process that received it understood it; `undefined` for slot 0, owner
 * operations and messages that it refused because nobody could be believed to have sent them.
 */
export function replayable(
  { req, slot, timestamp }: Assignment, authorities: readonly Address[], acceptFrom: readonly ProcessId[] = [],
  isNew: (envelope: Envelope) => boolean = () => true,
): Envelope | undefined {
  if (slot === 0) return undefined;
  const envelope = readEnvelope(req['body'] as AoMap, authorities, timestamp, slot, isNew);
  if (envelope === undefined || isOperation(envelope)) return undefined;
  if (envelope.action !== 'Beamline.Forward') return envelope;
  return envelope.fromProcess && acceptFrom.includes(envelope.from) ? originalOf(envelope) : undefined;
}

/** Applies another process's messages to this one, in order, in batches. Safe to repeat: what was applied is a duplicate. */
export async function replay(
  connection: Connection, process: ProcessId, assignments: Iterable<Assignment> | AsyncIterable<Assignment>,
  { authorities, acceptFrom = [], sends = 'keep' }: ReplayOptions = {}, signal?: AbortSignal,
): Promise<AppliedReply> {
  const trusted = authorities ?? [(await connection.network.node(signal)).address];
  const total: AppliedReply = { ok: 0, refused: 0, duplicates: 0, errors: 0, held: 0, phase: 'standby' };
  let batch: string[] = [];
  let size = 0;
  const flush = async () => {
    const item = await prepare(connection, process, 'Replay', { tags: { Sends: sends }, data: batch.join('|') });
    const reply = parseReply<AppliedReply>(await submit(connection, item, signal));
    for (const count of ['ok', 'refused', 'duplicates', 'errors'] as const) total[count] += reply[count];
    total.held = reply.held;
    total.phase = reply.phase;
    batch = [];
    size = 0;
  };
  const packedIds = new Set<MessageId>();
  for await (const assignment of assignments) {
    const envelope = replayable(assignment, trusted, acceptFrom, ({ id }) => !packedIds.has(id));
    if (envelope === undefined) continue;
    packedIds.add(envelope.id);
    if (packedIds.size > MAX_PACKED_IDS) packedIds.delete(packedIds.values().next().value as MessageId);
    const packed = packEnvelope(envelope);
    if (batch.length >= BATCH_MESSAGES || (size > 0 && size + packed.length > BATCH_BYTES)) await flush();
    batch.push(packed);
    size += packed.length;
  }
  if (batch.length > 0) await flush();
  return total;
}
