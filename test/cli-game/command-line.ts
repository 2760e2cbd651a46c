import { spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { runCli, type Progress } from '@beamline/cli';
import { systemClock } from '@beamline/core';
import { createOrchestrator } from '@beamline/orchestrator';
import { createStack, loadConfig } from '@beamline/stack';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GAME = join(ROOT, 'test/cli-game');
const PROGRAM = ['--conditions=@beamline/source', '--disable-warning=ExperimentalWarning', join(ROOT, 'apps/cli/src/main.ts')];
const silent: Progress = { start: () => ({ update: () => undefined, done: () => undefined, fail: () => undefined }), close: async () => undefined };

export interface CommandLine {
  /** Runs a command to its end: exit code and the one object it printed. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shapes are what is tested
  beamline(...argv: string[]): Promise<{ exit: number; result: any; err: string }>;
  /** Starts the local network as a program of its own. */
  startNetwork(): Promise<{ url: string }>;
  /** Ends it. */
  close(): Promise<void>;
}

/** `beamline` in the folder of the small game, with its state elsewhere: all of it real, but for the program's start. */
export function createCommandLine(state: string): CommandLine {
  let network: ChildProcess | undefined;
  return {
    async beamline(...argv) {
      const [out, err]: [string[], string[]] = [[], []];
      const exit = await runCli([...argv, '--state', state, '--json'], {
        cwd: GAME, clock: systemClock, out: (line) => out.push(line), err: (line) => err.push(line), createProgress: () => silent, createOrchestrator,
        openStack: async (path, folder) => createStack(await loadConfig(path, GAME), { env: {}, ...(folder && { state: resolve(folder) }) }),
        signal: new AbortController().signal,
      });
      return { exit, err: err.join('\n'), result: out.length === 0 ? undefined : JSON.parse(out.join('')) };
    },
    async startNetwork() {
      const child = spawn(process.execPath, [...PROGRAM, 'network', 'start', '--state', state, '--json'], { cwd: GAME, stdio: ['ignore', 'pipe', 'inherit'] });
      network = child;
      const line = await new Promise<string>((done, failed) => {
        createInterface({ input: child.stdout }).once('line', done);
        child.once('exit', (code) => failed(new Error(`the network ended with ${code}`)));
      });
      return { url: (JSON.parse(line) as { url: string }).url };
    },
    async close() {
      if (network === undefined || network.exitCode !== null) return;
      const ended = new Promise((done) => network!.once('exit', done));
      network.kill('SIGTERM');
      await ended;
    },
  };
}
