import { hintOf } from './attempt.ts';
import { count, type Counters, type Kernel } from './kernel.ts';
import { codeOf } from '#target';

/**
 * - `ok`: done.
 * - `refused`: nothing changed, and the sender can read why.
 * - `duplicate`: this message was taken care of before.
 * - `held`: kept until the fence ends; it will be applied or forwarded.
 * - `forwarded`: on its way to the successor.
 * - `error`: the game failed; what it had changed is rolled back.
 */
export type Outcome = 'ok' | 'refused' | 'duplicate' | 'held' | 'forwarded' | 'error';

/** What a slot answers. Empty texts are left out on the wire. @short */
export interface Answer {
  readonly outcome: Outcome;
  readonly code: string;
  readonly hint: string;
  readonly data: string;
}

export function answer(outcome: Outcome, data: string): Answer {
  return { outcome, code: '', hint: '', data };
}

export function refused(code: string, hint: string): Answer {
  return { outcome: 'refused', code, hint, data: '' };
}

/** For a thrown text: its own code, or `fallback` for errors that the language raised. */
export function failed(outcome: 'refused' | 'error', error: string, fallback: string): Answer {
  const code = codeOf(error);
  return { outcome, code: code === '' ? fallback : code, hint: hintOf(error), data: '' };
}

const COUNTED: Readonly<Partial<Record<Outcome, keyof Counters>>> = {
  ok: 'ok', refused: 'refused', duplicate: 'duplicates', error: 'errors',
};

/** Counts an answer in the process's counters; messages that an operation applies are counted one by one. */
export function countOutcome(kernel: Kernel, { outcome }: Answer): void {
  const counter = COUNTED[outcome];
  if (counter !== undefined) count(kernel, counter, 1);
}

/** Sets a key of what a host shows; without a value it is left out. */
export function put(shown: Record<string, unknown>, key: string, value: string | undefined): void {
  if (value !== undefined && value !== '') shown[key] = value;
}
