import { hash } from 'node:crypto';
import { Fault } from '@beamline/core';

/** Lower-case hex. */
export function sha256Hex(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

/** @throws Fault `persistence/hash-mismatch`. `what` begins the message: "fs: page 9f…". */
export function assertSha256(what: string, expected: string, bytes: Uint8Array): void {
  const actual = sha256Hex(bytes);
  if (actual !== expected) throw hashMismatch(what, `should hash to ${expected}, got ${actual}`);
}

export function hashMismatch(what: string, detail: string, cause?: unknown): Fault {
  return new Fault('persistence/hash-mismatch', `${what} ${detail}`, {
    hint: 'This copy is damaged. Restore an older snapshot, or copy the page again from another store.',
    cause,
  });
}

export function missing(what: string, cause?: unknown): Fault {
  return new Fault('persistence/missing', `${what} does not exist`, {
    hint: 'List what is there with `beamline status`, or look into another store.',
    cause,
  });
}

/** `ref`: the snapshot, formatted. `lacking`: at least one page. */
export function incomplete(kind: string, ref: string, lacking: readonly string[]): Fault {
  return new Fault('persistence/incomplete', `${kind}: snapshot ${ref} needs ${lacking.length} pages that are not here, the first ${lacking[0]}`, {
    hint: 'Put them again: take a full snapshot, without a parent.',
    retryable: true,
    details: { lacking: lacking.length, page: lacking[0]! },
  });
}
