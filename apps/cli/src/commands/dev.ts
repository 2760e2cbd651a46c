import { describeError, isFault } from '@beamline/core';
import type { DeploymentPlan, Environment, BuiltRelease } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { duration } from '../format.ts';
import { tell } from './watch-roles.ts';

export interface DevFlags {
  json?: boolean;
}

/**
 * `beamline dev [environment]`: the local network, with the game on it. Whenever a source changes, the new code takes the
 * place of the old in the processes that run, their state as it is. What does not build, or would need its data migrated,
 * leaves them alone. The lock file stays as it is. Until it is told to stop.
 */
export async function dev(name: string | undefined, { json = false }: DevFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  const environment = stack.environment(stack.localNetwork(name).environment);
  await progress.close();
  const { url } = await environment.parts();
  context.err(`${environment.name}: local network at ${url} (Ctrl-C to stop)`);
  const say = (text: string, data: object) => (json ? context.out(JSON.stringify(data)) : context.err(text));
  if ((await environment.state()).running !== undefined) await environment.resume(context.signal); // of a dev that was killed
  let before: BuiltRelease['release'] | undefined;
  for await (const build of stack.watch({ provisional: true }, context.signal)) {
    if (!json) for (const line of tell(build, before, context)) context.err(line);
    if (!build.ok) {
      say(`${environment.name} goes on as it is`, { outcome: 'not-built', error: { code: build.fault.code, message: build.fault.message }, changed: build.changed, ms: build.ms });
      continue;
    }
    before = build.built.release;
    const swapped = await swap(environment, before.id, context);
    say(swapped.text, { release: before.id, changed: build.changed, buildMs: build.ms, ...swapped.data });
  }
  return { result: {}, text: '', silent: true };
}

interface Swapped {
  text: string;
  data: { outcome: string; ms?: number; instances?: readonly string[]; reason?: string };
}

async function swap(environment: Environment, release: string, { signal, clock }: CommandRun['context']): Promise<Swapped> {
  const start = clock.now();
  try {
    const plan = await environment.plan(release, { strategy: 'in-place' }, signal);
    const moving = plan.instances.filter(({ action }) => action !== 'unchanged').map(({ instance }) => instance);
    if (moving.length === 0) return { text: `${environment.name} runs it already`, data: { outcome: 'unchanged' } };
    const migrated = migratedIn(plan);
    if (migrated.length > 0) {
      const reason = `the layout of ${migrated.join(', ')} changed: its data would be migrated`;
      return { text: `not swapped: ${reason}\n  beamline deploy ${environment.name} shows the plan and does it`, data: { outcome: 'needs-migration', instances: migrated, reason } };
    }
    const { outcome, reason } = await environment.swap(plan, signal);
    const ms = clock.now() - start;
    const text = outcome === 'complete' ? `${moving.join(', ')}: new code in ${duration(ms)}, state kept` : `not swapped: ${reason ?? outcome}`;
    return { text, data: { outcome, ms, instances: moving, ...(reason !== undefined && { reason }) } };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { text: `not swapped: ${describeError(error)}`, data: { outcome: 'refused', reason: `${error.code}: ${error.message}` } };
  }
}

const migratedIn = ({ instances }: DeploymentPlan): string[] =>
  instances.filter(({ layout }) => layout.verdict === 'migrated').map(({ instance }) => instance);
