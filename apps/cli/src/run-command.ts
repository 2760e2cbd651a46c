import { describeError, isFault } from '@beamline/core';
import type { CommandContext, CommandResult, CommandRun, CommonFlags, ExitCode } from './command.ts';

/** Opens the stack, runs, prints, closes. Anything that is not a Fault is our bug and is thrown on. */
export async function runCommand(
  flags: CommonFlags, context: CommandContext, run: (use: CommandRun) => Promise<CommandResult>,
): Promise<ExitCode> {
  const { config, state, json = false } = flags;
  const progress = context.createProgress(json);
  try {
    const stack = await context.openStack(config, state);
    try {
      const { result, text, failed = false, silent = false } = await run({ stack, context, progress });
      await progress.close();
      if (!silent) context.out(json ? JSON.stringify(result) : text);
      return failed ? 1 : 0;
    } finally {
      await stack.close();
    }
  } catch (error) {
    await progress.close();
    if (!isFault(error)) throw error;
    const { code, message, hint } = error;
    if (json) context.out(JSON.stringify({ error: { code, message, ...(hint === undefined ? {} : { hint }) } }));
    context.err(describeError(error));
    return code === 'cli/flags' ? 2 : 1;
  }
}
