import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '@beamline/core';
import type { CommandResult, CommandRun } from '../command.ts';
import { bytes } from '../format.ts';

export interface RecordFlags {
  role?: string;
  instance?: string;
  slots?: string;
  out?: string;
}

/** `beamline record <environment>`: what processes received, into a file that replaces an earlier one whole. */
export async function record(name: string, { role, instance, slots, out }: RecordFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  if (slots !== undefined && !/^[1-9]\d{0,8}$/.test(slots)) throw new Fault('cli/flags', '--slots must be a number above 0');
  const selection = { ...(role !== undefined && { role }), ...(instance !== undefined && { instance }), ...(slots !== undefined && { slots: Number(slots) }) };
  const path = out === undefined ? stack.messagesFile : resolve(context.cwd, out);
  const step = progress.start('recording');
  const draft = `${path}.${process.pid}.tmp`;
  const file = await open(draft, 'w');
  let [count, size] = [0, 0];
  try {
    for await (const line of stack.environment(name).record(selection, context.signal)) {
      size += (await file.write(line)).bytesWritten;
      step.update(`${count += 1} messages`);
    }
    await file.sync();
    await file.close();
    await rename(draft, path);
  } finally {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
  }
  step.done(`${count} messages`);
  return { result: { file: path, messages: count, bytes: size }, text: `${count} messages in ${path}, ${bytes(size)}; beamline bundle --verify replays them` };
}
