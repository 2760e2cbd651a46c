import { join } from 'node:path';
import type { AoMap, Clock, Id, MessageId, ProcessId, Signer, Slot } from '@beamline/core';
import { createVmPool } from '@beamline/vm';
import type { ParsedItem } from '../ans104/parse.ts';
import type { Brick } from './computation.ts';
import type { ForkedSlot } from './fork.ts';
import { decodeEntry, decodeJson, encodeJson, KIND, type AliasRecord, type BrickRecord, type EntryKind, type ForkRecord } from './journal.ts';
import type { LocalLimits } from './limits.ts';
import { openLog, type Log } from './log/log.ts';
import type { ScannedRecord } from './log/scan.ts';
import { messageOf } from './message.ts';
import { createCatalogue } from './catalogue.ts';
import { createPartIndex, readColdIndex } from './cold-index.ts';
import type { ColdPart } from './log/cold-file.ts';
import { createArchive, type Archive } from './arweave/archive.ts';
import { createProcess, type LocalProcess } from './process.ts';
import { createSchedule, readMessage } from './schedule.ts';
import { createSnapshotStore } from './snapshot/snapshot-store.ts';

/** Where a message went. It may be acknowledged when `durable` resolves. */
export interface Scheduled {
  process: LocalProcess;
  slot: Slot;
  durable: Promise<void>;
}

/** The node's memory: processes, the messages they hold, names. Everything in it is in the log first. */
export interface LocalNode {
  /** Folder of the log and the snapshots. */
  readonly dir: string;
  readonly signer: Signer;
  readonly limits: Required<LocalLimits>;
  process(id: ProcessId): LocalProcess | undefined;
  processes(): Iterable<LocalProcess>;
  /** Creates the process that a signed process message describes, with its slot 0. One that exists is left alone. */
  spawn(item: ParsedItem, raw: Uint8Array): Scheduled;
  schedule(process: LocalProcess, item: ParsedItem, raw: Uint8Array): Scheduled;
  schedulePushed(process: LocalProcess, id: Id, body: AoMap): Scheduled;
  /** A message by id, wherever it was scheduled. */
  message(id: MessageId): Promise<AoMap | undefined>;
  alias(name: string): ProcessId | undefined;
  aliases(): Iterable<[name: string, process: ProcessId]>;
  /** Appends slots of a process that lives elsewhere, those it has already excepted. The caller has checked them. */
  takeOver(process: ProcessId, from: string, slots: readonly ForkedSlot[]): Promise<void>;
  /** Processes that were copied, and from which network. */
  forks(): Iterable<[process: ProcessId, from: string]>;
  setAlias(name: string, process: ProcessId): Promise<void>;
  /** Makes the next message to a process fail, as an uncaught error would. */
  brick(process: LocalProcess, reason: string): Promise<void>;
  /** What was uploaded to be kept. */
  readonly archive: Archive;
  close(): Promise<void>;
}

export interface NodeOptions {
  /** Folder of the log and the snapshots. */
  dir: string;
  signer: Signer;
  clock: Clock;
  limits: Required<LocalLimits>;
}

/** @throws Fault `ao/log-damaged` */
export async function openNode({ dir, signer, clock, limits }: NodeOptions): Promise<LocalNode> {
  const pool = createVmPool({ timeLimitMs: limits.computeMs });
  const snapshots = createSnapshotStore(join(dir, 'snapshots'));
  const processes = new Map<ProcessId, LocalProcess>();
  const messages = createCatalogue();
  const aliases = new Map<string, ProcessId>();
  const forks = new Map<ProcessId, string>();
  const archive = createArchive(() => log, clock, limits.blockMs);

  const message = async (id: MessageId): Promise<AoMap | undefined> => {
    const [process = '', slot = 0] = messages.find(id) ?? [];
    if (process === id) return processes.get(id)?.body;
    const entry = processes.get(process)?.schedule.entry(slot);
    if (!entry) return undefined;
    return entry.body ?? readMessage(entry.kind, await log.read(entry.offset, entry.length));
  };

  const recordBrick = (process: ProcessId, { slot, status, reason }: Brick) =>
    log.append(KIND.brick, encodeJson({ process, slot, status, reason })).durable;

  const add = (id: ProcessId, body: AoMap): LocalProcess => {
    const process = createProcess({
      id, body, limits, pool, snapshots,
      settled: () => log.settled(),
      schedule: createSchedule(id, () => log),
      message,
      onBrick: (brick) => void recordBrick(id, brick).catch(() => undefined),
    });
    processes.set(id, process);
    return process;
  };

  const append = (process: LocalProcess, id: Id, kind: EntryKind, payload: Uint8Array, body: AoMap, timestamp = clock.now()): Scheduled => {
    const { slot, durable } = process.schedule.append({ id, kind, payload, body, timestamp });
    messages.note(id, process.id, slot);
    return { process, slot, durable };
  };

  const restore = (record: ScannedRecord): void => {
    const { kind, offset, payload } = record;
    if (kind === KIND.archived) {
      archive.restore(record);
    } else if (kind === KIND.alias) {
      const { name, process } = decodeJson<AliasRecord>(payload);
      aliases.set(name, process);
    } else if (kind === KIND.fork) {
      const { process, from } = decodeJson<ForkRecord>(payload);
      forks.set(process, from);
    } else if (kind === KIND.brick) {
      const { process, ...brick } = decodeJson<BrickRecord>(payload);
      processes.get(process)?.computation.breakAt(brick);
    } else {
      const { process: owner, slot, timestamp, id, bytes } = decodeEntry(payload);
      const entryKind = kind as EntryKind;
      const process = processes.get(owner) ?? add(owner, readMessage(entryKind, Buffer.from(payload.subarray(bytes))));
      process.schedule.restore({ id, timestamp, kind: entryKind, offset: offset + bytes, length: payload.length - bytes });
      messages.note(id, owner, slot);
    }
  };

  /** Slots of a cold part need no memory; whatever else it holds is restored, unless it was there before. */
  const adopt = async (part: ColdPart, how: 'found' | 'just-now'): Promise<void> => {
    const index = readColdIndex(part);
    for (const { process: id, range } of index.ranges) {
      const { kind, offset, length } = range.entry(range.from);
      const process = processes.get(id) ?? add(id, readMessage(kind, await part.read(offset, length)));
      process.schedule.adopt(range);
    }
    messages.adopt(index);
    if (how === 'just-now') return;
    for (const [kind, offset, length] of index.others) restore({ kind, offset, payload: await part.read(offset, length) });
  };
  const log: Log = await openLog(join(dir, 'network.log'), restore, {
    partBytes: limits.logPartBytes,
    newIndex: () => createPartIndex((process, slot) => processes.get(process)?.schedule.entry(slot)?.hashChain ?? ''),
    onCold: adopt,
  });

  return {
    dir, signer, limits, message, archive,
    process: (id) => processes.get(id),
    processes: () => processes.values(),
    spawn(item, raw) {
      const known = processes.get(item.id);
      if (known) return { process: known, slot: 0, durable: log.settled() };
      const body = messageOf(item);
      return append(add(item.id, body), item.id, KIND.item, raw, body);
    },
    schedule: (process, item, raw) => append(process, item.id, KIND.item, raw, messageOf(item)),
    schedulePushed: (process, id, body) => append(process, id, KIND.pushed, Buffer.from(JSON.stringify(body)), body),
    alias: (name) => aliases.get(name),
    aliases: () => aliases.entries(),
    async takeOver(id, from, slots) {
      if (!forks.has(id)) {
        log.append(KIND.fork, encodeJson({ process: id, from }));
        forks.set(id, from);
      }
      for (const { slot, timestamp, id: message, body } of slots) {
        const process = processes.get(id) ?? add(id, body);
        if (slot > process.schedule.last()) append(process, message, KIND.pushed, Buffer.from(JSON.stringify(body)), body, timestamp);
      }
      await log.settled();
    },
    forks: () => forks.entries(),
    async setAlias(name, process) {
      await log.append(KIND.alias, encodeJson({ name, process })).durable;
      aliases.set(name, process);
    },
    async brick(process, reason) {
      const brick = { slot: process.schedule.last() + 1, status: 400, reason };
      process.computation.breakAt(brick);
      await recordBrick(process.id, brick);
    },
    async close() {
      await Promise.all([...processes.values()].map(({ computation }) => computation.close()));
      await pool.close();
      await log.close();
    },
  };
}
