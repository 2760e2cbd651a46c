import { lockedFault } from '../lock.ts';
import type { EnvironmentLock, Holder } from '../lock.ts';

/** Serves runners within one process. */
export function createMemoryLock(): EnvironmentLock {
  const holders = new Map<string, Holder>();
  return {
    kind: 'memory',
    holder: async (environment) => holders.get(environment),
    async acquire(environment, purpose, at) {
      const held = holders.get(environment);
      if (held !== undefined) throw lockedFault(environment, held);
      const holder: Holder = { purpose, host: 'here', pid: 0, since: at };
      holders.set(environment, holder);
      return {
        async release() {
          if (holders.get(environment) === holder) holders.delete(environment);
        },
      };
    },
  };
}
