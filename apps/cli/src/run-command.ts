import { describeError, isFault } from '@beamline/core';
import type { CommandContext, CommandResult, CommandRun, CommonFlags, ExitCode } from './command.ts';

/** Opens the stack, runs, prints, closes. Anything that is not a Fault is our bug and is thrown on. */
export function runCommand(
  flags: CommonFlags, context: CommandContext, run: (use: CommandRun) => Promise<CommandResult>,
): Promise<ExitCode> {
  return runPlain(flags, context, async (use) => {
    const stack = await context.openStack(flags.config, flags.state);
    try {
      const result = await run({ stack, ...use });
      await use.progress.close();
      print(result, flags, context);
      return { ...result, silent: true };
    } finally {
      await stack.close();
    }
  });
}

/** The same for a command that needs no game. */
export async function runPlain(
  flags: CommonFlags, context: CommandContext, run: (use: Omit<CommandRun, 'stack'>) => Promise<CommandResult>,
): Promise<ExitCode> {
  const { json = false } = flags;
  const progress = context.createProgress(json);
  try {
    const result = await run({ context, progress });
    await progress.close();
    print(result, flags, context);
    return result.exit ?? (result.failed ? 1 : 0);
  } catch (error) {
    await progress.close();
    if (!isFault(error)) throw error;
    const { code, message, hint } = error;
    if (json) context.out(JSON.stringify({ error: { code, message, ...(hint === undefined ? {} : { hint }) } }));
    context.err(describeError(error));
    return code === 'cli/flags' || code === 'ao/bad-limit' ? 2 : 1;
  }
}

function print({ result, text, silent = false }: CommandResult, { json = false }: CommonFlags, context: CommandContext): void {
  if (!silent) context.out(json ? JSON.stringify(result) : text);
}
