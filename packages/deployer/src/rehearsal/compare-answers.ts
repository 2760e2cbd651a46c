import type { AoMap, AoValue } from '@beamline/core';
import { mapOf } from '@beamline/kernel/operator';
import { readAnswer } from '@beamline/vm';
import { dataDifferences } from './data-paths.ts';
import type { Entry } from './entry.ts';
import { errorIn } from './noted-errors.ts';
import type { Tally } from './tally.ts';

/** Compares what one message came to in the two releases: answer, messages sent, errors counted. */
export function compareAnswers(tally: Tally, { origin, action, isOperation }: Entry, old: Uint8Array, fresh: Uint8Array): void {
  if (Buffer.compare(old, fresh) === 0) return;
  const [before, after] = [readAnswer(old) ?? {}, readAnswer(fresh) ?? {}];
  const [was, is] = [mapOf(before['output']), mapOf(after['output'])];
  const say = (kind: 'reply' | 'outbox' | 'error', at: string, a: string | undefined, b: string | undefined) =>
    tally.add(kind, at, { slot: origin, ...(a === undefined ? {} : { old: a }), ...(b === undefined ? {} : { new: b }) });

  const [erred, errs] = [errorIn(before), errorIn(after)];
  if (erred?.at !== errs?.at) say('error', (errs ?? erred)!.at, erred?.text, errs?.text);
  // An action that failed answers and sends nothing of its own: the error says it all.
  if ((was['outcome'] === 'error') !== (is['outcome'] === 'error')) return;
  if (was['outcome'] === 'error') return;

  const reply = (name: string) => [textOf(was[name]), textOf(is[name])] as const;
  if (was['outcome'] !== is['outcome'] || was['code'] !== is['code']) {
    say('reply', `${action}.outcome`, outcome(was), outcome(is));
    return;
  }
  // What owners are told of a process depends on its layout.
  if (isOperation) return;
  if (was['hint'] !== is['hint']) say('reply', `${action}.hint`, ...reply('hint'));
  for (const { path, old: a, new: b } of dataDifferences(...reply('data'))) say('reply', `${action}.data${path}`, a, b);
  compareSent(messagesIn(before), messagesIn(after), (at, a, b) => say('outbox', `${action}.${at}`, a, b));
}

const outcome = ({ outcome: name, code }: AoMap): string => [name, code].filter((part) => part !== undefined).join(' ');

/** The n-th message of an action is held against the n-th of the same. */
function compareSent(old: readonly AoMap[], fresh: readonly AoMap[], say: (at: string, old: string | undefined, now: string | undefined) => void): void {
  const actions = (sent: readonly AoMap[]) => sent.map(({ action }) => String(action ?? ''));
  for (const name of [...new Set([...actions(old), ...actions(fresh)])].sort()) {
    const [before, after] = [old, fresh].map((sent) => sent.filter(({ action }) => String(action ?? '') === name)) as [AoMap[], AoMap[]];
    for (let n = 0; n < Math.max(before.length, after.length); n += 1) compareMessage(name, before[n], after[n], say);
  }
  const isSame = JSON.stringify([...actions(old)].sort()) === JSON.stringify([...actions(fresh)].sort());
  if (isSame && JSON.stringify(actions(old)) !== JSON.stringify(actions(fresh))) say('$order', actions(old).join(', '), actions(fresh).join(', '));
}

/** Numbers that a kernel gives: another one follows from any message sent more or less before. */
const NUMBERED = new Set(['seq', 'lineage']);

function compareMessage(name: string, old: AoMap | undefined, fresh: AoMap | undefined, say: (at: string, old: string | undefined, now: string | undefined) => void): void {
  if (old === undefined || fresh === undefined) {
    say(name, old && JSON.stringify(tagsOf(old)), fresh && JSON.stringify(tagsOf(fresh)));
    return;
  }
  for (const key of [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort()) {
    if (NUMBERED.has(key)) continue;
    const [a, b] = [textOf(old[key]), textOf(fresh[key])];
    for (const { path, ...values } of key === 'data' ? dataDifferences(a, b) : a === b ? [] : [{ path: '', old: a, new: b }]) {
      say(`${name}.${key}${path}`, values.old, values.new);
    }
  }
}

const tagsOf = (message: AoMap): AoMap => Object.fromEntries(Object.entries(message).filter(([key]) => !NUMBERED.has(key)));

/** In the order in which they were sent. */
function messagesIn(results: AoMap): AoMap[] {
  return Object.entries(mapOf(results['outbox'])).sort(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1))).map(([, message]) => mapOf(message));
}

const textOf = (value: AoValue | undefined): string | undefined => (value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value));
