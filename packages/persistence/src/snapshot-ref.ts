import { Fault } from '@beamline/core';
import type { ProcessId, Slot } from '@beamline/core';

/** Names one immutable snapshot: the state of `process` after it applied `slot`. */
export interface SnapshotRef {
  process: ProcessId;
  slot: Slot;
  /** SHA-256 of the manifest's bytes, 64 lower-case hex characters. */
  sha256: string;
}

const REF = /^([A-Za-z0-9_-]+)@(\d{1,15}):([0-9a-f]{64})$/;

/** `<process>@<slot>:<sha256>`, the form the CLI prints and reads. */
export function formatRef({ process, slot, sha256 }: SnapshotRef): string {
  return `${process}@${slot}:${sha256}`;
}

/** @throws Fault `persistence/bad-ref`. */
export function parseRef(text: string): SnapshotRef {
  const [, process, slot, sha256] = REF.exec(text) ?? [];
  if (process === undefined || slot === undefined || sha256 === undefined) {
    throw new Fault('persistence/bad-ref', `${JSON.stringify(text)} does not name a snapshot`, {
      hint: 'A snapshot is named <process>@<slot>:<sha256 of its manifest>, as `beamline snapshot` prints it.',
    });
  }
  return { process, slot: Number(slot), sha256 };
}

/** Ascending by slot within a process; equal slots by hash, so that every store lists alike. */
export function compareRefs(a: SnapshotRef, b: SnapshotRef): number {
  if (a.process !== b.process) return a.process < b.process ? -1 : 1;
  if (a.slot !== b.slot) return a.slot - b.slot;
  return a.sha256 < b.sha256 ? -1 : Number(a.sha256 > b.sha256);
}
