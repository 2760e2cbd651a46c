import { Fault } from '@beamline/core';
import type { CommandContext, CommandResult, CommandRun } from '../command.ts';

export interface ServeFlags {
  port?: string;
  host?: string;
  json?: boolean;
}

/** `beamline serve <environment>`: API, metrics and dashboard, until it is told to stop. */
export async function serve(name: string, { port, host, json = false }: ServeFlags, { stack, context }: CommandRun): Promise<CommandResult> {
  const environment = stack.environment(name);
  const configured = stack.config.environments[name]?.serve ?? {};
  const token = await stack.token(name);
  const server = await context.createOrchestrator({
    environment,
    clock: context.clock,
    port: port === undefined ? (configured.port ?? 7700) : portOf(port),
    host: host ?? configured.host ?? '127.0.0.1',
    intervalMs: stack.config.environments[name]?.sampleMs ?? 1_000,
    ...(token === undefined ? {} : { token }),
  });
  context.err(`dashboard of ${name} at ${server.url} (Ctrl-C to stop)`);
  if (json) context.out(JSON.stringify({ url: server.url }));
  try {
    await stopped(context);
  } finally {
    await server.close();
  }
  return { result: { url: server.url }, text: '', silent: true };
}

/** `beamline network start`: the local network of an environment, until it is told to stop. */
export async function startNetwork(name: string | undefined, { json = false }: { json?: boolean }, { stack, context }: CommandRun): Promise<CommandResult> {
  const local = Object.entries(stack.config.environments).filter(([, { network }]) => network.kind === 'local').map(([each]) => each);
  const chosen = name ?? (local.length === 1 ? local[0] : undefined);
  if (chosen === undefined || !local.includes(chosen)) {
    throw new Fault('cli/no-local-network', chosen === undefined ? 'which local network?' : `${chosen} has no local network`, {
      hint: local.length === 0 ? 'No environment of the config has network: { kind: "local" }.' : `Name one: ${local.join(', ')}.`,
    });
  }
  const { url } = await stack.environment(chosen).parts();
  context.err(`local network of ${chosen} at ${url} (Ctrl-C to stop)`);
  if (json) context.out(JSON.stringify({ url }));
  await stopped(context);
  return { result: { url }, text: '', silent: true };
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new Fault('cli/flags', `--port must be a number from 0 to 65535, not ${text}`);
}

const stopped = ({ signal }: CommandContext): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
