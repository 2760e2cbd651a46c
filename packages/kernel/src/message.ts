import { readInteger } from './integer.ts';
import { lookup } from '#target';

/** One message as an action sees it. A forwarded or replayed message shows its original sender, id, time and slot. */
export interface Message {
  /** The signed item's id; what the sender and the schedule call it. */
  readonly id: string;
  /** Who signed it: an address, or the process that sent it. */
  readonly from: string;
  /** `from` is a process, and a node in this process's authority says so. */
  readonly fromProcess: boolean;
  /** The name under which the owner linked the sending process; '' for everybody else. Trust this, not `fromProcess`. */
  readonly link: string;
  readonly action: string;
  /** Bytes as text; '' when the message has none. */
  readonly data: string;
  /** Signed tags by lower-case name. */
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, set by the scheduler. */
  readonly timestamp: number;
  /** Position in the schedule of the process that first received it. */
  readonly slot: number;
}

/** A tag's text, or ''. */
export function tag(message: { readonly tags: Readonly<Record<string, string>> }, name: string): string {
  return lookup(message.tags, name) ?? '';
}

/**
 * A tag as a whole number within bounds. Throws the text `kernel/bad-tag: …` otherwise: the kernel rolls the action back
 * and answers `refused` with that code, so an action needs no check of its own.
 */
export function intTag(message: Message, name: string, min: number, max: number): number {
  const value = readInteger(lookup(message.tags, name));
  if (value !== undefined && value >= min && value <= max) return value;
  throw `kernel/bad-tag: ${name}: whole number, ${min} to ${max}`;
}

/** A tag as text of 1 to `maxLength` characters (bytes, in Lua). Throws `kernel/bad-tag: …` otherwise, like `intTag`. */
export function textTag(message: Message, name: string, maxLength: number): string {
  const text = tag(message, name);
  if (text !== '' && text.length <= maxLength) return text;
  throw `kernel/bad-tag: ${name}: text of 1 to ${maxLength}`;
}
