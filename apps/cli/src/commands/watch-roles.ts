import { Fault, describeError } from '@beamline/core';
import type { BuiltRelease, WatchedBuild } from '@beamline/stack';
import { relative } from 'node:path';
import type { CommandContext, CommandResult, CommandRun } from '../command.ts';
import { duration, shortRelease } from '../format.ts';
import type { BundleFlags } from './bundle.ts';

/** `beamline bundle --watch`: builds again whenever a source changes, until it is told to stop. */
export async function watchRoles({ acceptLayout = false, lint = 'warn', acceptSizes = false, json = false, ...once }: BundleFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  const { report, out, verify = false, messages, signer, evals } = once;
  if (acceptSizes || verify || [report, out, messages, signer, evals].some((flag) => flag !== undefined)) {
    throw new Fault('cli/flags', '--watch builds again and again: what else was asked for is of one build', { hint: 'Leave --report, --out, --accept-sizes, --verify, --messages, --signer and --evals out.' });
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
