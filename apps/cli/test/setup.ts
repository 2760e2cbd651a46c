import { systemClock } from '@beamline/core';
import { defineConfig, validateConfig, type Backup, type Environment, type Previews, type Stack } from '@beamline/stack';
import { createMemoryTimeline } from '@beamline/stack';
import type { CommandContext } from '../src/command.ts';
import { createPlainProgress } from '../src/progress/plain-progress.ts';
import { runCli } from '../src/run-cli.ts';

export const config = validateConfig(defineConfig({
  game: 'arena',
  version: '1.0.0',
  roles: { world: { entry: './world.ts' } },
  environments: { local: { network: { kind: 'local' } }, live: { network: { kind: 'hyperbeam', url: 'https://node.example' }, signer: 'env:W', serve: { port: 7711 } } },
}));

export interface CliTest {
  /** Calls that reached the stack, in order. */
  calls: string[];
  out: string[];
  err: string[];
  context: CommandContext;
  stop: AbortController;
  run(...argv: string[]): Promise<number>;
  /** The one line that `--json` printed. */
  json(): unknown;
}

/** A command line over a stack of given answers. What is not given is a call that should not happen. */
export function setup(answers: Partial<Environment> & { bundle?: Stack['bundle']; watch?: Stack['watch']; sizes?: Stack['sizes']; draftMigrations?: Stack['draftMigrations']; lint?: Stack['lint']; backup?: Partial<Backup>; previews?: Partial<Previews>; openStack?: CommandContext['openStack'] } = {}): CliTest {
  const calls: string[] = [];
  const out: string[] = [];
  const err: string[] = [];
  const stop = new AbortController();
  const { bundle, watch, sizes, draftMigrations, lint, backup, previews, openStack, ...given } = answers;
  const events = given.events ?? createMemoryTimeline({ clock: systemClock });

  const noting = <T extends object>(target: T): T => new Proxy(target, {
    get(from, key: keyof T & string) {
      const value = from[key];
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        calls.push([key, ...args.filter((arg) => !(arg instanceof AbortSignal)).map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg)))].join(' '));
        return (value as (...each: unknown[]) => unknown)(...args);
      };
    },
  });
  const environment = (name: string): Environment => {
    calls.push(`environment ${name}`);
    return noting({ name, events, ...given } as Environment);
  };
  const stack: Stack = {
    config,
    releases: undefined as never,
    messagesFile: '/game/messages.ndjson',
    environment,
    bundle: async (options) => {
      calls.push(`bundle ${JSON.stringify({ acceptLayout: options?.acceptLayout })}`);
      return (bundle as Stack['bundle'])(options);
    },
    watch: (options, signal) => {
      calls.push(`watch ${JSON.stringify(options)}`);
      return (watch as Stack['watch'])(options, signal);
    },
    sizes: async (options) => {
      calls.push(`sizes ${JSON.stringify(options)}`);
      return (sizes as Stack['sizes'])(options);
    },
    backup: (name) => {
      calls.push(`backup ${name}`);
      return noting((backup ?? {}) as Backup);
    },
    previews: noting((previews ?? {}) as Previews),
    localNetwork: () => ({ environment: 'local', dir: '/game/.beamline/local/network' }),
    lint: async (options) => {
      calls.push(`lint ${JSON.stringify(options)}`);
      return (lint as Stack['lint'])(options);
    },
    draftMigrations: async (options) => {
      calls.push(`draftMigrations ${JSON.stringify(options)}`);
      return (draftMigrations as Stack['draftMigrations'])(options);
    },
    token: async () => undefined,
    recoveryPolicy: () => ({ withinMs: 10_000, drillEveryMs: 60_000 }),
    close: async () => void calls.push('close'),
  };
  const context: CommandContext = {
    cwd: '/game',
    clock: systemClock,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    createProgress: () => createPlainProgress((line) => err.push(line)),
    openStack: openStack ?? (async (path, state) => {
      calls.push(state === undefined ? `open ${path}` : `open ${path} with state ${state}`);
      return stack;
    }),
    createOrchestrator: async ({ port, host }) => {
      calls.push(`serve ${host}:${port}`);
      return { url: `http://${host}:${port}`, close: async () => void calls.push('unserve') };
    },
    signal: stop.signal,
  };
  return {
    calls, out, err, context, stop,
    run: (...argv) => runCli(argv, context),
    json: () => {
      if (out.length !== 1) throw new Error(`expected one line, got ${out.length}`);
      return JSON.parse(out[0] as string);
    },
  };
}
