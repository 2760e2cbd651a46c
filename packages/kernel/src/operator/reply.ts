import { Fault, type FaultCode, type Output, type Slot } from '@beamline/core';
import type { Phase } from '../phase.ts';
import type { OperationReply } from './call.ts';

/** How messages fared that `Thaw` or `Replay` applied. */
export interface AppliedReply {
  ok: number;
  refused: number;
  duplicates: number;
  errors: number;
  /** Messages still held. */
  held: number;
  phase: Phase;
}

export interface HandOverReply {
  forwarded: number;
  held: number;
  successor: string;
}

// Worth trying again as they are: nothing is wrong with the request.
const RETRYABLE = new Set(['kernel/held-full', 'kernel/standby']);

/** @throws Fault by the kernel's code unless the operation was done. */
export function replyOf(slot: Slot, output: Output): OperationReply {
  const { outcome, code, hint, data } = output;
  if (outcome === 'ok' || outcome === 'duplicate') return { slot, data: data === undefined ? '' : `${data}` };
  const known = typeof code === 'string' && code.includes('/') ? (code as FaultCode) : 'kernel/no-answer';
  const message = hint === undefined ? 'the process answered without an outcome: does it run a Beamline kernel?' : `${hint}`;
  throw new Fault(known, message, { retryable: RETRYABLE.has(known), details: { slot } });
}

export function parseReply<T>({ slot, data }: OperationReply): T {
  try {
    return JSON.parse(data === '' ? '{}' : data) as T;
  } catch (cause) {
    throw new Fault('kernel/no-answer', `the answer at slot ${slot} is no JSON`, { cause, details: { slot } });
  }
}
