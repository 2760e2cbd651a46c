import { answer, failed, refused, type Answer } from '../answer.ts';
import { attempt } from '../attempt.ts';
import type { Envelope } from '../envelope.ts';
import { count, type Kernel } from '../kernel.ts';
import { noteOperation } from '../operation-log.ts';
import type { OperationName } from '../phase.ts';
import { authorise, PREFIX } from './authorise.ts';
import { freeze, thaw } from './fence.ts';
import { handOver } from './hand-over.ts';
import { activate, retire } from './life.ts';
import { nameLink } from './name-link.ts';
import { replay } from './replay.ts';
import { beginRestore, commitRestore, restorePages } from './restore.ts';
import { snapshot } from './snapshot.ts';
import { beginUpgrade, commitUpgrade, upgradeChunk } from './upgrade.ts';
import { find, lookup, part } from '#target';

/** Does an operation, or throws a text `kernel/…: …` having changed nothing. Returns the answer's data, as JSON. */
export type Operation = (kernel: Kernel, envelope: Envelope) => string;

/** Where it may run, as one text, because texts are small in Lua; and what it does. */
type Rule = readonly [phases: string, run: Operation];

const ANY = 'active standby frozen handed-over retired';

/**
 * Repeating an operation that already did its work is allowed where its answer stays true: `Freeze` when frozen, `Thaw`
 * and `Activate` when active, `Retire` when retired.
 */
const OPERATIONS: Readonly<Record<OperationName, Rule>> = {
  'Snapshot': [ANY, snapshot],
  'Restore-Begin': ['standby', beginRestore],
  'Restore-Pages': ['standby', restorePages],
  'Restore-Commit': ['standby', commitRestore],
  'Freeze': ['active frozen handed-over', freeze],
  'Thaw': ['active frozen', thaw],
  'Activate': ['active standby', activate],
  'Hand-Over': ['frozen handed-over', handOver],
  'Retire': ['standby frozen handed-over retired', retire],
  'Link': [ANY, nameLink],
  'Replay': ['active standby frozen', replay],
  'Upgrade-Begin': ['active frozen', beginUpgrade],
  'Upgrade-Chunk': ['active frozen', upgradeChunk],
  'Upgrade-Commit': ['active frozen', commitUpgrade],
};

/** Runs one owner operation. Its id is used up whatever it answers, so that nobody can post it again in another phase. */
export function operate(kernel: Kernel, envelope: Envelope): Answer {
  const denied = authorise(kernel, envelope);
  if (denied !== undefined) return denied;
  if (!noteOperation(kernel.operations, envelope.id)) return answer('duplicate', '');
  count(kernel, 'operations', 1);
  const name = part(envelope.action, PREFIX.length);
  const rule = lookup<Rule>(OPERATIONS, name);
  if (rule === undefined) return refused('kernel/unknown-operation', name);
  const [phases, run] = rule;
  if (find(phases, kernel.phase) < 0) return refused('kernel/wrong-phase', `${name} when ${kernel.phase}`);
  let data = '';
  const error = attempt(() => {
    data = run(kernel, envelope);
  });
  return error === undefined ? answer('ok', data) : failed('refused', error, 'kernel/internal');
}
