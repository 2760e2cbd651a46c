import { Fault } from '@beamline/core';
import { parseRef, type SnapshotRef } from '@beamline/persistence';

/** When to look at a world. */
export type Moment =
  | { kind: 'now' }
  | { kind: 'snapshot'; ref: SnapshotRef }
  /** After a slot of the process that serves. */
  | { kind: 'slot'; slot: number }
  /** After the last message up to then, in milliseconds since 1970, of whoever served at that time. */
  | { kind: 'time'; at: number };

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads `now`, `<process>@<slot>:<sha256>`, `@1204` or `1204`, `2026-11-27T12:00:00Z`, `-15m`.
 * @throws Fault `stack/bad-moment`
 */
export function parseMoment(text: string, now: number): Moment {
  if (text === 'now') return { kind: 'now' };
  const slot = /^@?(\d{1,15})$/.exec(text)?.[1];
  if (slot !== undefined) return { kind: 'slot', slot: Number(slot) };
  if (text.includes(':') && text.includes('@')) return { kind: 'snapshot', ref: parseRef(text) };
  const [, count, unit] = /^-(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return { kind: 'time', at: now - Number(count) * UNITS[unit!]! };
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (Number.isFinite(at)) return { kind: 'time', at };
  throw new Fault('stack/bad-moment', `${JSON.stringify(text)} is no moment`, {
    hint: 'Name a slot (@1204), a snapshot (<process>@<slot>:<sha256>), a time (2026-11-27T12:00:00Z, -15m), or now.',
  });
}
