import { nextSequence, targetOf } from './links.ts';
import { LINEAGE, textCell, type KernelTables } from './tables.ts';
import { escapeText, find, isPrintable, isTagName } from '#target';

/** What `send` takes. */
export interface Sending {
  /** A link's name, or a process id. */
  to: string;
  action: string;
  data?: string;
  /** Extra tags: lower-case names, printable ASCII values. */
  tags?: Readonly<Record<string, string | number>>;
}

/** One message on its way out, as the host shows it: flat, text only. */
export type Outgoing = Record<string, string>;

/** Messages one slot may send: the node pushes each in turn, about 150 ms apiece. */
const MAX_OUTGOING = 512;

/** What is going out of the slot being computed. Computing never overlaps, so one is enough for all processes here. @short */
interface Outbox {
  tables: KernelTables | undefined;
  muted: boolean;
  list: Outgoing[];
  count: number;
}

const outbox: Outbox = { tables: undefined, muted: false, list: [], count: 0 };

/** Opens an empty outbox for a slot of the process that owns these tables. */
export function openOutbox(tables: KernelTables): void {
  outbox.tables = tables;
  outbox.muted = false;
  outbox.list = [];
  outbox.count = 0;
}

/** Ends the slot; what was queued. */
export function closeOutbox(): Outgoing[] {
  const { list } = outbox;
  outbox.tables = undefined;
  outbox.list = [];
  outbox.count = 0;
  return list;
}

/** Numbers are given out but nothing leaves: for replaying what another process already sent. */
export function muteOutbox(muted: boolean): void {
  outbox.muted = muted;
}

/** Where a failing action's messages begin. */
export function outboxMark(): number {
  return outbox.count;
}

/** Drops what was queued since `mark`. */
export function outboxReset(mark: number): void {
  const kept: Outgoing[] = [];
  for (let at = 0; at < mark; at++) kept[at] = outbox.list[at]!;
  outbox.list = kept;
  outbox.count = mark;
}

export function post(message: Outgoing): void {
  outbox.list[outbox.count] = message;
  outbox.count = outbox.count + 1;
}

/**
 * Sends a message to another process once the action or step that calls it has succeeded. It carries a sequence number,
 * so that however often the node pushes it, a Beamline process applies it once. Throws `kernel/unknown-link: …`,
 * `kernel/bad-tag: …`, `kernel/outbox-full: …`.
 */
export function send(sending: Sending): void {
  const { tables } = outbox;
  if (tables === undefined) throw 'kernel/send-outside: send';
  if (outbox.count >= MAX_OUTGOING) throw 'kernel/outbox-full: 512';
  const message: Outgoing = { target: resolve(tables, sending.to), action: sending.action };
  const { tags } = sending;
  // Lua's pairs fails on nothing.
  // beamline-disable-next-line key-order: each tag has a key of its own in the message; no order is left.
  if (tags !== undefined) for (const name in tags) addTag(message, name, tags[name]!);
  putData(message, sending.data ?? '');
  message['seq'] = `${nextSequence(tables, message['target']!)}`;
  message['lineage'] = textCell(tables.self, 0, LINEAGE);
  if (!outbox.muted) post(message);
}

function resolve(tables: KernelTables, to: string): string {
  const target = targetOf(tables, to);
  if (target !== '') return target;
  if (to.length === 43) return to;
  throw `kernel/unknown-link: ${to}`;
}

function addTag(message: Outgoing, name: string, value: string | number): void {
  const text = `${value}`;
  if (!isPrintable(text) || isReserved(name)) {
    throw `kernel/bad-tag: cannot send ${name}`;
  }
  message[name] = text;
}

const RESERVED = '|target|action|data|seq|lineage|path|method|device|commitments|escaped|from-process|';

// A key of these would be read by the node or by the receiving kernel instead of the receiving game.
function isReserved(name: string): boolean {
  return find(RESERVED, `|${name}|`) >= 0 || find(name, 'orig-') === 0 || !isTagName(name);
}

/** Data travels as printable ASCII: other bytes would break the node's JSON answers. The receiving kernel undoes it. */
export function putData(message: Outgoing, data: string): void {
  if (data === '') return;
  const plain = isPrintable(data);
  message['data'] = plain ? data : escapeText(data);
  if (!plain) message['escaped'] = '1';
}
