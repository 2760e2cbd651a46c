import { countOutcome } from '../answer.ts';
import { applyMessage } from '../apply.ts';
import type { Envelope } from '../envelope.ts';
import { heldCount } from '../held.ts';
import { readInteger } from '../integer.ts';
import type { Kernel } from '../kernel.ts';
import { tag } from '../message.ts';

/** Applies messages one after the other, as `next` gives them; how they fared, as JSON. Nobody else sees their answers. */
export function applyAll(kernel: Kernel, next: () => Envelope | undefined): string {
  const { ok, refused, duplicates, errors } = kernel.counters;
  let envelope = next();
  while (envelope !== undefined) {
    countOutcome(kernel, applyMessage(kernel, envelope));
    envelope = next();
  }
  const now = kernel.counters;
  const fared = `"ok":${now.ok - ok},"refused":${now.refused - refused},"duplicates":${now.duplicates - duplicates}`;
  return `{${fared},"errors":${now.errors - errors},"held":${heldCount(kernel.held)}`;
}

/** Tag `Limit`, at least 1. @throws 'kernel/bad-tag: …' */
export function limitOf(envelope: Envelope, byDefault: number): number {
  const text = tag(envelope, 'limit');
  const limit = text === '' ? byDefault : readInteger(text);
  if (limit === undefined || limit < 1) throw 'kernel/bad-tag: limit';
  return limit;
}
