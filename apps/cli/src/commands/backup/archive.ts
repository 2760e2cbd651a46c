import { resolve } from 'node:path';
import type { CommandResult, CommandRun } from '../../command.ts';
import { bytes } from '../../format.ts';

/** `beamline backup archive <environment> <file>` */
export async function archiveBackup(name: string, file: string, flags: { all?: boolean }, { stack, context }: CommandRun): Promise<CommandResult> {
  const written = await stack.backup(name).archive(resolve(context.cwd, file), { all: flags.all ?? false }, context.signal);
  return {
    result: written,
    text: `${written.path}: ${written.snapshots} snapshots, ${bytes(written.sizeBytes)}${written.encrypted ? ', encrypted' : ''}`,
  };
}

/** `beamline backup extract <environment> <file> <folder>` */
export async function extractBackup(name: string, file: string, folder: string, flags: { salvage?: boolean }, { stack, context }: CommandRun): Promise<CommandResult> {
  const target = resolve(context.cwd, folder);
  const files = await stack.backup(name).extract(resolve(context.cwd, file), target, { salvage: flags.salvage ?? false }, context.signal);
  return { result: { folder: target, files }, text: `${files} files in ${target}\nuse it with --state ${target}` };
}

/** `beamline backup import <environment> <file>` */
export async function importBackup(name: string, file: string, { stack, context }: CommandRun): Promise<CommandResult> {
  const added = await stack.backup(name).import(resolve(context.cwd, file), context.signal);
  return { result: { added }, text: added.length === 0 ? 'nothing new in it' : `${added.length} snapshots added\n${added.join('\n')}` };
}
