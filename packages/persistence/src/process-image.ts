import type { ProcessId } from '@beamline/core';
import type { Operator } from '@beamline/kernel/operator';
import { receiveImage } from './receive-tables.ts';
import type { WorldImage } from './world-image.ts';

/**
 * The state of a process now, as of one slot, without storing it; the process is not stopped.
 * @throws Fault `persistence/bad-snapshot`; the operator's.
 */
export async function processImage(
  { operator, process }: { operator: Pick<Operator, 'snapshot'>; process: ProcessId }, signal?: AbortSignal,
): Promise<WorldImage> {
  const { index, pages } = await operator.snapshot(process, {}, signal);
  return receiveImage(index, pages(signal));
}
