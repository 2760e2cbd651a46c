import { parentPort } from 'node:worker_threads';
import { createContext, runInContext } from 'node:vm';

/** Loads role modules (JavaScript that ends with its description) apart from this process, each in a world of its own. */
parentPort?.on('message', (code: string) => {
  try {
    const globals = { TextEncoder, TextDecoder, URL, structuredClone, console: { log() { /* not ours to print */ } } };
    parentPort?.postMessage(JSON.parse(String(runInContext(code, createContext(globals)))));
  } catch (error) {
    const isError = typeof error === 'object' && error !== null && 'message' in error;
    parentPort?.postMessage({ error: isError ? String(error.message) : String(error) });
  }
});
