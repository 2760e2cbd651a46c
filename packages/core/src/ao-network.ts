import type { Address, Id, MessageId, ProcessId, Signer } from './signer.ts';

/** Position in a process's ordered log; 0 is the process message itself. */
export type Slot = number;

/** A value as AO messages carry it. Lists appear as arrays; Lua sees them as tables 1…n. */
export type AoValue = string | number | boolean | AoValue[] | AoMap;
export interface AoMap {
  [key: string]: AoValue;
}

export interface Tag {
  name: string;
  value: string;
}

/** What to sign. The network adds its own protocol tags. Serialised tags stay under 4,096 bytes. */
export interface ItemSpec {
  /** Absent for processes and modules. */
  target?: ProcessId;
  tags: readonly Tag[];
  data: string | Uint8Array;
}

/** A signed ANS-104 item. `id` is known before it is sent and is what the schedule will show. */
export interface SignedItem {
  id: MessageId;
  owner: Address;
  target: ProcessId;
  raw: Uint8Array;
}

/** What a process answered at a slot: `results.output`, flat. Empty when it answered nothing. */
export type Output = Readonly<Record<string, string | number>>;

/**
 * What is known after a send. `computed`: ran, with its output; `undelivered` names the outbox entries that did not
 * reach their target (`redeliver` sends them again), absent when all did or when the answer was lost and only the
 * result could be read. `scheduled`: in the log for good, but without a result (the process is bricked).
 */
export type Delivery =
  | { outcome: 'computed'; slot: Slot; output: Output; undelivered?: readonly string[] }
  | { outcome: 'scheduled'; slot: Slot; detail: string };

/** One entry of a process's log, with everything a replay needs. */
export interface Assignment {
  process: ProcessId;
  slot: Slot;
  /** Milliseconds since 1970, set by the scheduler. */
  timestamp: number;
  message: MessageId;
  /** Who signed the message (ANS-104 committer), or the node for messages pushed between processes. */
  committer: Address;
  /** The assignment as the node shows it: what Lua's `compute` receives as `req`. */
  req: AoMap;
}

export interface SlotRange {
  from?: Slot;
  /** Inclusive. */
  to?: Slot;
}

export interface NodeIdentity {
  /** Also the default authority and scheduler of processes spawned there. */
  address: Address;
  /** Free text: node software and version. */
  build: string;
  /** Names of the devices it says it has, sorted: `lua@5.3a`. Absent when it does not say. */
  capabilities?: readonly string[];
}

/**
 * An AO network as Beamline sees it.
 *
 * Contract (checked by `describeAoNetwork` in `@beamline/ao/testing`):
 * - `send` and `spawn` are safe to repeat with the same item: the schedule is asked before anything is sent again.
 * - 4xx is never retried; 429, 5xx, time-outs and broken answers are, with backoff, within the call's time limit.
 * - Errors are Faults `ao/…` with `details.status` and `details.slot` where known.
 */
export interface AoNetwork {
  /** Short, stable name used in logs and errors: `hyperbeam`, `legacynet`. */
  readonly kind: string;
  node(signal?: AbortSignal): Promise<NodeIdentity>;
  /** Offline: signs a message, adding the network's protocol tags. Same arguments give a new id each time. */
  signMessage(signer: Signer, spec: ItemSpec & { target: ProcessId }): Promise<SignedItem>;
  /** Signs a module carrying Lua source; send it with `spawn`. */
  signModule(signer: Signer, source: string, signal?: AbortSignal): Promise<SignedItem>;
  /** Signs a process that runs `module`; send it with `spawn`. Its id is the process id. */
  signProcess(signer: Signer, spec: ItemSpec & { module: Id }, signal?: AbortSignal): Promise<SignedItem>;
  /** @throws Fault `ao/unknown-process`, `ao/rejected` (4xx), `ao/unreachable` (retries exhausted, not in the schedule). */
  send(item: SignedItem, signal?: AbortSignal): Promise<Delivery>;
  /**
   * Sends items in the order given; those to one process run in it. The same guarantees as `send` for each, by fewer
   * computations where the network allows that: `undelivered` is then known only for what could be delivered at all.
   * Absent where sending one after the other is as fast.
   * @throws like `send`, for the first item that fails; items after it to the same process were not sent.
   */
  sendAll?(items: readonly SignedItem[], signal?: AbortSignal): Promise<Delivery[]>;
  /** Resolves once the process or module exists on the network. */
  spawn(item: SignedItem, signal?: AbortSignal): Promise<ProcessId>;
  /** `results.output` of a slot. */
  result(process: ProcessId, slot: Slot, signal?: AbortSignal): Promise<Output>;
  /** Bytes below `results/` of a slot as text, exact: `resultText(p, 7, 'chunks/c0')`. */
  resultText(process: ProcessId, slot: Slot, path: string, signal?: AbortSignal): Promise<string>;
  /** JSON of a public key from the last computed state, without computing; works on a bricked process. `undefined`: no such key. */
  read(process: ProcessId, path: string, signal?: AbortSignal): Promise<AoValue | undefined>;
  /** `scheduled − computed` is the lag. `computed` is -1 before the first compute. */
  slots(process: ProcessId, signal?: AbortSignal): Promise<{ scheduled: Slot; computed: Slot }>;
  /** In slot order, without gaps. */
  schedule(process: ProcessId, range?: SlotRange, signal?: AbortSignal): AsyncIterable<Assignment>;
  /** Pushes a slot's outbox again. Every call makes new slots at the receivers: they must dedup. */
  redeliver(process: ProcessId, slot: Slot, signal?: AbortSignal): Promise<void>;
  /** Never stale. `undefined`: no such name. */
  resolve(alias: string, signal?: AbortSignal): Promise<ProcessId | undefined>;
  /** Points a name at a process; the signer must be the node's operator. Idempotent. */
  setAlias(alias: string, process: ProcessId, operator: Signer, signal?: AbortSignal): Promise<void>;
}
