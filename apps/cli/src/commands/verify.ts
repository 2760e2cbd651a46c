import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '@beamline/core';
import type { AnchorVerdict, ProcessVerdict, Proved } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { table } from '../format.ts';

export interface VerifyFlags {
  anchor?: string;
  proof?: string;
  environment?: string;
  snapshot?: string;
  replay?: boolean;
  root?: string;
  release?: string;
}

/** `beamline verify <process>`, `--anchor <id>` or `--proof <file>`: exit code 1 where something is not as it was released or anchored. */
export async function verify(process: string | undefined, flags: VerifyFlags, use: CommandRun): Promise<CommandResult> {
  const { anchor, proof, release, snapshot, replay, root } = flags;
  if (process !== undefined && [anchor, proof, snapshot, replay, root].every((flag) => flag === undefined)) return verifyRunning(process, flags, use);
  if (process !== undefined || release !== undefined) throw verifyWhat();
  if (flags.anchor !== undefined && flags.proof === undefined && flags.root === undefined) return verifyAnchor(flags.anchor, flags, use);
  if (flags.proof !== undefined && flags.anchor === undefined && flags.snapshot === undefined && !flags.replay) return verifyProof(flags.proof, flags, use);
  throw verifyWhat();
}

const verifyWhat = (): Fault => new Fault('cli/flags', 'verify what?', {
  hint: 'Either a process, with --release <id or folder>; or --anchor <id>, with --snapshot <ref> or --replay; or --proof <file>, with --root <hex>.',
});

async function verifyRunning(process: string, flags: VerifyFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  if (!/^[\w-]{43}$/.test(process)) throw new Fault('cli/flags', `${process} is no process`, { hint: 'Write the process id: beamline status shows them.' });
  const step = progress.start('verifying');
  const verdict = await stack.environment(environmentOf(flags, stack))
    .verifyProcess(process, { cwd: context.cwd, ...(flags.release !== undefined && { release: flags.release }) }, context.signal);
  step.done(verdict.verified ? 'verified' : `${verdict.differences.length} differences`);
  return { result: verdict, text: processText(verdict), failed: !verdict.verified };
}

function processText({ process, role, release, code, edits, verified, differences }: ProcessVerdict): string {
  const signed = release.signedBy === undefined ? 'not signed' : `signed by ${release.signedBy}`;
  return [
    `${process} runs ${code.bytes} bytes of Lua, sha256 ${code.sha256}, ${code.slot === 0 ? `of module ${code.modules.join(', ')}` : `put in place at slot ${code.slot}`}`,
    ...edits.map(({ slot, name }) => `its world was edited at slot ${slot}: ${name}`),
    `compared with ${role} of release ${release.id} (${release.version}), ${signed}`,
    verified ? 'verified' : ['NOT verified', ...differences].join('\n'),
  ].join('\n');
}

async function verifyAnchor(id: string, flags: VerifyFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  const { snapshot, replay = false } = flags;
  const step = progress.start('verifying');
  const verdict = await stack.environment(environmentOf(flags, stack)).anchors.verify(id, { replay, ...(snapshot !== undefined && { snapshot }) }, context.signal);
  step.done(`${verdict.chain.length} anchors`);
  return { result: { ...verdict, chain: verdict.chain.map(flat), later: verdict.later.map(flat) }, text: verdictText(verdict), failed: !verdict.verified };
}

async function verifyProof(path: string, flags: VerifyFlags, { stack, context }: CommandRun): Promise<CommandResult> {
  if (flags.root !== undefined && !/^[0-9a-f]{64}$/.test(flags.root)) throw new Fault('cli/flags', '--root must be 64 hex digits');
  const file = await readFile(resolve(context.cwd, path)).catch((cause: unknown) => {
    throw new Fault('cli/no-file', `cannot read ${path}`, { cause });
  });
  // Against a root nothing is looked up: any environment will do.
  const name = flags.root === undefined ? environmentOf(flags, stack) : (flags.environment ?? Object.keys(stack.config.environments)[0]!);
  const { anchored, ...proved } = await stack.environment(name).anchors
    .verifyProof(new Uint8Array(file), { ...(flags.root !== undefined && { root: flags.root }) }, context.signal);
  const verified = anchored?.verified ?? true;
  return {
    result: { verified, ...proved, ...(anchored && { reasons: anchored.reasons }) },
    text: [proofText(proved), ...(anchored === undefined ? [] : ['', verdictText(anchored)])].join('\n'),
    failed: !verified,
  };
}

const flat = ({ id, owner, anchor: { process, slot, root, layout, release } }: AnchorVerdict['chain'][number]) => ({ id, owner, process, slot, root, layout, release });

function verdictText({ verified, reasons, chain, status, compared, layoutChanges, later }: AnchorVerdict): string {
  return [
    table(['anchor', 'slot', 'root'], chain.slice(-10).map(({ id, anchor }) => [id, anchor.slot, anchor.root])),
    `${chain.length} anchors from the first, signed by ${[...new Set(chain.map(({ owner }) => owner))].join(', ')}; ${status.state}${later.length > 0 ? `; ${later.length} follow` : ''}`,
    ...layoutChanges.map(({ anchor, from, to }) => `layout ${from.slice(0, 8)} → ${to.slice(0, 8)} at ${anchor}`),
    ...compared.map((each) => `${each.matches ? 'is' : 'IS NOT'} the anchored world: ${each.with}`),
    ...(compared.length === 0 ? ['the chain alone: no snapshot of this slot is at hand'] : []),
    verified ? 'verified' : ['NOT verified', ...reasons].join('\n'),
  ].join('\n');
}

function proofText({ component, entity, slot, process, root, values }: Proved): string {
  return `proved: ${component} of ${entity} at slot ${slot} of ${process} is ${JSON.stringify(values)}\nroot ${root}`;
}

/** The one asked for, or the only one there is, or the only one that says where it anchors. */
function environmentOf({ environment }: VerifyFlags, { config: { environments } }: CommandRun['stack']): string {
  if (environment !== undefined) return environment;
  const all = Object.keys(environments);
  const anchoring = all.filter((name) => environments[name]?.anchor !== undefined);
  const [only] = all.length === 1 ? all : anchoring.length === 1 ? anchoring : [];
  if (only !== undefined) return only;
  throw new Fault('cli/flags', 'which environment?', { hint: `Name one: --environment ${all.join(' | ')}.` });
}
