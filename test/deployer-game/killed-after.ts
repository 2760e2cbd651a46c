import type { RunnerOptions } from '@beamline/deployer';

/** A runner's options, and whether its power failed. */
export interface Killed {
  options: RunnerOptions;
  dead(): boolean;
}

/** The power fails once the n-th entry is in the journal: nothing the runner touches answers from then on. */
export function killedAfter(entries: number, options: RunnerOptions): Killed {
  let written = 0;
  let dead = false;
  const around = <T extends object>(subject: T): T => new Proxy(subject, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const answer = dead ? Promise.reject(new Error('killed')) : (value as (...all: unknown[]) => unknown).apply(target, args);
        if (!(answer instanceof Promise)) return answer;
        return answer.then((result: unknown) => {
          if (dead) throw new Error('killed');
          if (name === 'append') dead = ++written >= entries;
          if (dead) throw new Error('killed');
          return result;
        });
      };
    },
  });
  return {
    options: { ...options, network: around(options.network), journal: around(options.journal), environments: around(options.environments) },
    dead: () => dead,
  };
}
