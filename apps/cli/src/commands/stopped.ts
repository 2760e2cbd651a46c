import type { CommandContext } from '../command.ts';

/** Resolves when the command is told to stop. */
export const stopped = ({ signal }: CommandContext): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
