import type { CommandResult, CommandRun } from '../command.ts';
import { portOf } from './port.ts';
import { stopped } from './stopped.ts';

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
  const protecting = Promise.all([environment.protect(context.signal), environment.lookAfter(context.signal)]);
  try {
    await stopped(context);
  } finally {
    await protecting;
    await server.close();
  }
  return { result: { url: server.url }, text: '', silent: true };
}
