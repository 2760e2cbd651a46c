import { parentPort, workerData } from 'node:worker_threads';

/** Loads a role's module (source text) apart from this process and posts what it says of itself. */
try {
  const module = await import(`data:text/javascript;base64,${Buffer.from(String(workerData)).toString('base64')}`) as { layout: unknown; actions: unknown };
  parentPort?.postMessage({ layout: module.layout, actions: module.actions });
} catch (error) {
  parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) });
}
