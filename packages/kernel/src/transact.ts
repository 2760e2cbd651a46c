import { begin, commit, rollback } from '@beamline/ecs';
import { attempt } from './attempt.ts';
import { allowKernel, allowWork } from './budget.ts';
import type { Kernel } from './kernel.ts';
import { outboxMark, outboxReset } from './outbox.ts';

/**
 * Runs code of the game with one message's allowance of work. It keeps what it did and sent only when it answers true:
 * otherwise, and when it throws, everything is as before. The error's text, or `undefined`.
 */
export function transact({ world, role }: Kernel, run: () => boolean): string | undefined {
  const mark = outboxMark();
  let keeps = false;
  begin(world);
  allowWork(role.work);
  const error = attempt(() => {
    keeps = run();
  });
  allowKernel();
  if (error === undefined && keeps) commit(world);
  else {
    rollback(world);
    outboxReset(mark);
  }
  return error;
}
