#!/usr/bin/env node
import { resolve } from 'node:path';
import { systemClock } from '@beamline/core';
import { createStack, loadConfig } from '@beamline/stack';
import { createPlainProgress } from './progress/plain-progress.ts';
import { createTtyProgress } from './progress/tty-progress.ts';
import { runCli } from './run-cli.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    stop.abort(new Error(`stopped by ${name}`));
    process.once(name, () => process.exit(130)); // whoever asks twice means it
  });
}
const cwd = process.cwd();
const err = (line: string): void => void process.stderr.write(`${line}\n`);

process.exitCode = await runCli(process.argv.slice(2), {
  cwd,
  clock: systemClock,
  out: (line) => void process.stdout.write(`${line}\n`),
  err,
  createProgress: (plain) => (plain || !(process.stderr.columns > 0) ? createPlainProgress(err) : createTtyProgress(process.stderr)),
  openStack: async (path, state) => createStack(await loadConfig(path, cwd), { env: process.env, ...(state && { state: resolve(state) }) }),
  createOrchestrator: async (options) => (await import('@beamline/orchestrator')).createOrchestrator(options),
  signal: stop.signal,
});
