import { Fault, type FaultCode, type Output, type Slot } from '@beamline/core';
import type { Phase } from '../phase.ts';
import type { OperationReply } from './call.ts';
import { explain } from './explain.ts';

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
  const meaning = explain(known);
  const silent = outcome === undefined ? 'the process answered without an outcome: does it run a Beamline kernel?' : `the process answered ${String(outcome)}`;
  throw new Fault(known, hint === undefined ? silent : `${hint}`, { ...(meaning !== undefined && { hint: meaning }), retryable: RETRYABLE.has(known), details: { slot } });
}

export function parseReply<T>({ slot, data }: OperationReply): T {
  try {
    return JSON.parse(data === '' ? '{}' : data) as T;
  } catch (cause) {
    throw new Fault('kernel/no-answer', `the answer at slot ${slot} is no JSON`, { cause, details: { slot } });
  }
}
