import { parentPort } from 'node:worker_threads';
import { isFault } from '@beamline/core';
import { openResident, type Resident } from './resident.ts';
import { progressOf, type FromWorker, type ToWorker, type WorkerStart } from './worker-protocol.ts';

const LOG_BUDGET_BYTES = 16 * 1024 * 1024;

const port = parentPort!;
const send = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

let resident: Resident | undefined;

function open({ control, from, ...options }: WorkerStart): void {
  const progress = progressOf(control);
  try {
    resident = openResident({ ...options, logBudgetBytes: LOG_BUDGET_BYTES }, from, progress, send);
  } catch (error) {
    if (!isFault(error)) throw error;
    send({ kind: 'refused', code: error.code, message: error.message, hint: error.hint, details: { ...error.details } });
  } finally {
    progress.rest();
  }
}

port.on('message', (message: ToWorker) => {
  if (message.kind === 'start') open(message.start);
  // A refused program is asked nothing.
  else if (message.kind === 'run') resident?.run(message.entries, send);
  else if (message.kind === 'peek') resident?.peek(message.entry, send);
  else if (resident !== undefined) send({ kind: 'bytes', memory: resident.memory() });
});
