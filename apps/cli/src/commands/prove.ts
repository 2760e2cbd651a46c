import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '@beamline/core';
import type { CommandResult, CommandRun } from '../command.ts';
import { bytes } from '../format.ts';

export interface ProveFlags {
  snapshot?: string;
  out?: string;
}

/** `beamline prove <environment> <instance> <entity> <Component>`: a file that shows what an entity held. */
export async function prove(
  name: string, instance: string, entity: string, component: string, { snapshot, out }: ProveFlags, { stack, context }: CommandRun,
): Promise<CommandResult> {
  if (!/^\d{1,10}$/.test(entity)) {
    throw new Fault('cli/flags', `${JSON.stringify(entity)} is not the handle of an entity`, { hint: 'Entities are named by their handle, a whole number.' });
  }
  const taken = await stack.environment(name).anchors.prove(instance, Number(entity), component, { ...(snapshot !== undefined && { snapshot }) }, context.signal);
  const { file, ...proved } = taken;
  const path = resolve(context.cwd, out ?? `${instance}-${proved.slot}-${component}-${entity}.proof`);
  await writeFile(path, file);
  return {
    result: { file: path, bytes: file.length, ...proved },
    text: [
      `${component} of ${entity} at slot ${proved.slot}: ${JSON.stringify(proved.values)}`,
      `root ${proved.root}${proved.anchor === '' ? '; not anchored: whoever checks needs the root' : `, anchor ${proved.anchor}`}`,
      `${path} (${bytes(file.length)})`,
    ].join('\n'),
  };
}
