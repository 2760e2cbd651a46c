import type { Progress } from './progress.ts';

/** One line for each finished step: for logs, pipes and CI. */
export function createPlainProgress(err: (line: string) => void): Progress {
  return {
    start: (title) => ({
      update: () => undefined,
      done: (text) => err(text === undefined ? title : `${title}: ${text}`),
      fail: (text) => err(`${title}: failed: ${text}`),
    }),
    close: async () => undefined,
  };
}
