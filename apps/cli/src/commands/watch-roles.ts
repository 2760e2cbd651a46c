import { Fault, describeError } from '@beamline/core';
import type { BuiltRelease, WatchedBuild } from '@beamline/stack';
import { relative } from 'node:path';
import type { CommandContext, CommandResult, CommandRun } from '../command.ts';
import { duration, shortRelease } from '../format.ts';
import type { BundleFlags } from './bundle.ts';

/** `beamline bundle --watch`: builds again whenever a source changes, until it is told to stop. */
export async function watchRoles({ acceptLayout = false, lint = 'warn', acceptSizes = false, report, out, json = false }: BundleFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  if (report !== undefined || out !== undefined || acceptSizes) {
    throw new Fault('cli/flags', '--watch builds again and again: a report or accepted sizes are of one build', { hint: 'Leave --report, --out and --accept-sizes out.' });
  }
  await progress.close();
  let before: BuiltRelease['release'] | undefined;
  for await (const build of stack.watch({ acceptLayout, lint }, context.signal)) {
    if (json) context.out(JSON.stringify(build.ok ? { release: build.built.release.id, changed: build.changed, ms: build.ms } : { error: { code: build.fault.code, message: build.fault.message }, changed: build.changed, ms: build.ms }));
    else for (const line of tell(build, before, context)) context.err(line);
    if (build.ok) before = build.built.release;
  }
  return { result: {}, text: '', silent: true };
}

/** What changed, what it did to the roles, and how long that took. */
export function tell(build: WatchedBuild, before: BuiltRelease['release'] | undefined, { cwd }: Pick<CommandContext, 'cwd'>): string[] {
  const because = build.changed.length === 0 ? '' : `${build.changed.map((path) => relative(cwd, path)).join(', ')}: `;
  if (!build.ok) return [`${because}not built, in ${duration(build.ms)}`, describeError(build.fault)];
  const { release, warnings } = build.built;
  const sizes = Object.entries(release.roles).flatMap(([role, { bundles: { lua } }]) => {
    const was = before?.roles[role]?.bundles.lua;
    return was?.sha256 === lua.sha256 ? [] : [`${role} ${lua.bytes}${was === undefined ? '' : ` (${lua.bytes < was.bytes ? '' : '+'}${lua.bytes - was.bytes})`}`];
  });
  return [
    `${because}${sizes.length === 0 ? 'no bundle changed' : `${sizes.join(', ')} bytes`}, release ${shortRelease(release.id)}, in ${duration(build.ms)}`,
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}
