import { answer, failed, refused, type Answer } from '../answer.ts';
import { attempt } from '../attempt.ts';
import type { Envelope } from '../envelope.ts';
import { count, type Kernel } from '../kernel.ts';
import { noteOperation } from '../operation-log.ts';
import { ALLOWED, type OperationName } from '../phase.ts';
import { authorise, PREFIX } from './authorise.ts';
import { freeze, thaw } from './fence.ts';
import { handOver } from './hand-over.ts';
import { activate, retire } from './life.ts';
import { nameLink } from './name-link.ts';
import { replay } from './replay.ts';
import { beginRestore, commitRestore, restorePages } from './restore.ts';
import { snapshot } from './snapshot.ts';
import { find, lookup } from '#target';

/** Does an operation, or throws a text `kernel/…: …` having changed nothing. Returns the answer's data, as JSON. */
export type Operation = (kernel: Kernel, envelope: Envelope) => string;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'Snapshot': snapshot,
  'Restore-Begin': beginRestore,
  'Restore-Pages': restorePages,
  'Restore-Commit': commitRestore,
  'Freeze': freeze,
  'Thaw': thaw,
  'Activate': activate,
  'Hand-Over': handOver,
  'Retire': retire,
  'Link': nameLink,
  'Replay': replay,
};

/** Runs one owner operation. Its id is used up whatever it answers, so that nobody can post it again in another phase. */
export function operate(kernel: Kernel, envelope: Envelope): Answer {
  const denied = authorise(kernel, envelope);
  if (denied !== undefined) return denied;
  if (!noteOperation(kernel.operations, envelope.id)) return answer('duplicate', '');
  count(kernel, 'operations', 1);
  const name = envelope.action.substring(PREFIX.length);
  const operation = lookup(OPERATIONS, name);
  if (operation === undefined) return refused('kernel/unknown-operation', name);
  if (find(ALLOWED[name as OperationName], kernel.phase, 0) < 0) {
    return refused('kernel/wrong-phase', `${name} when ${kernel.phase}`);
  }
  let data = '';
  const error = attempt(() => {
    data = operation(kernel, envelope);
  });
  return error === undefined ? answer('ok', data) : failed('refused', error, 'kernel/internal');
}
