import { begin, commit } from '@beamline/ecs';
import { answer, failed, refused, type Answer } from './answer.ts';
import type { Envelope } from './envelope.ts';
import { identityOf, record, seen } from './identity.ts';
import { count, type Kernel } from './kernel.ts';
import { linkOf } from './links.ts';
import type { Message } from './message.ts';
import type { Action, Refusal } from './role.ts';
import { tick } from './tick.ts';
import { transact } from './transact.ts';
import { codeOf, lookup } from '#target';

/** Why a message is not the game's: an answer that costs nothing, or `undefined` when it is new and well formed. */
export function screen(kernel: Kernel, envelope: Envelope): Answer | undefined {
  const identity = identityOf(kernel.tables, envelope);
  if (identity === undefined) return refused('kernel/bad-seq', '');
  if (envelope.action === '') return refused('kernel/no-action', '');
  const known = seen(kernel.tables, identity);
  if (known === 'applied') return answer('duplicate', '');
  if (known === 'too-old') {
    return refused('kernel/seq-too-old', '');
  }
  return undefined;
}

/**
 * Applies one game message: its identity is used up first, in a transaction of its own, so that whatever the game makes
 * of it, it is never applied again; then the steps its time calls for; then its action, all or nothing.
 */
export function applyMessage(kernel: Kernel, envelope: Envelope): Answer {
  const { world, tables } = kernel;
  const screened = screen(kernel, envelope);
  if (screened !== undefined) return screened;
  begin(world);
  record(tables, identityOf(tables, envelope)!);
  commit(world);
  count(kernel, 'applied', 1);
  tick(kernel, envelope.timestamp);
  const action = lookup(kernel.role.actions, envelope.action);
  if (action === undefined) {
    return refused('kernel/unknown-action', envelope.action);
  }
  if (envelope.fromProcess) envelope.link = linkOf(tables, envelope.from);
  return act(kernel, action, envelope);
}

function act(kernel: Kernel, action: Action, message: Message): Answer {
  let result = answer('ok', '');
  const error = transact(kernel, () => {
    result = answerOf(action(kernel.world, message));
    return result.outcome === 'ok';
  });
  if (error !== undefined) result = failureOf(error);
  if (result.outcome === 'error') kernel.lastError = `${message.action}: ${result.code}: ${result.hint}`;
  return result;
}

// Actions may come from Lua, where nothing holds them to their type.
function answerOf(reply: unknown): Answer {
  if (reply === undefined || reply === null) return answer('ok', '');
  if (typeof reply === 'string') return answer('ok', reply);
  if (typeof reply === 'number' || typeof reply === 'boolean') return answer('ok', `${reply}`);
  if (typeof reply === 'object') {
    const { refused: code, say } = reply as Refusal;
    if (typeof code === 'string') return refused(code, typeof say === 'string' ? say : '');
  }
  return failed('error', 'kernel/bad-reply: not text', '');
}

function failureOf(error: string): Answer {
  const outcome = codeOf(error) === 'kernel/bad-tag' ? 'refused' : 'error';
  return failed(outcome, error, 'kernel/action-failed');
}
