import { parentPort, workerData } from 'node:worker_threads';

/** Loads a role's module (source text) apart from this process and posts its layout. */
try {
  const module = await import(`data:text/javascript;base64,${Buffer.from(String(workerData)).toString('base64')}`) as { layout: unknown };
  parentPort?.postMessage({ layout: module.layout });
} catch (error) {
  parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) });
}
