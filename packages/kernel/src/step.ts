import { rollback } from '@beamline/ecs';
import { answer, countOutcome, failed, refused, type Answer } from './answer.ts';
import { attempt } from './attempt.ts';
import { allowKernel } from './budget.ts';
import type { Envelope } from './envelope.ts';
import { count, type Kernel } from './kernel.ts';
import { closeOutbox, openOutbox, type Outgoing } from './outbox.ts';
import { operate } from './operations/operate.ts';
import { isOperation } from './operations/authorise.ts';
import { receive } from './receive.ts';
import { start, type Genesis } from './start.ts';

/** One slot as a host reads it. @short */
export interface Input {
  readonly slot: number;
  readonly timestamp: number;
  /** With the first slot only. */
  readonly genesis: Genesis | undefined;
  /** `undefined`: the process message itself, or one that nobody can be believed to have sent. */
  readonly envelope: Envelope | undefined;
}

/** What a slot leaves behind for the host to show. @short */
export interface Result {
  readonly answer: Answer;
  readonly outbox: readonly Outgoing[];
  /** Page texts, named c0, c1, … */
  readonly chunks: readonly string[];
}

/** Computes one slot. Never throws; whatever fails, the world is as it was before the failing part. */
export function step(kernel: Kernel, input: Input): Result {
  let result = refused('kernel/no-sender', '');
  kernel.slot = input.slot;
  kernel.timestamp = input.timestamp;
  kernel.world.slot = input.slot;
  kernel.chunks = [];
  openOutbox(kernel.tables);
  allowKernel();
  const error = attempt(() => {
    const { genesis, envelope } = input;
    if (genesis !== undefined) {
      start(kernel, genesis);
      openOutbox(kernel.tables);
    }
    if (envelope !== undefined) result = isOperation(envelope) ? operate(kernel, envelope) : receive(kernel, envelope);
    else if (genesis !== undefined) result = answer('ok', '');
  });
  allowKernel();
  if (error !== undefined) {
    if (kernel.world.logging) rollback(kernel.world);
    closeOutbox();
    openOutbox(kernel.tables);
    kernel.chunks = [];
    kernel.lastError = `kernel: ${error}`;
    result = failed('error', error, 'kernel/internal');
  }
  const outbox = closeOutbox();
  count(kernel, 'sent', outbox.length);
  countOutcome(kernel, result);
  return { answer: result, outbox, chunks: kernel.chunks };
}
