import type { EnvironmentState, EnvironmentStore } from '../environment-state.ts';
import { parseState, stateConflict } from '../state-format.ts';

/** Keeps environments for the life of the process. */
export function createMemoryEnvironmentStore(): EnvironmentStore {
  const states = new Map<string, string>();
  return {
    kind: 'memory',
    async read(environment) {
      const text = states.get(environment);
      return text === undefined ? undefined : parseState(text, environment);
    },
    async write(state) {
      const found = states.get(state.environment);
      const revision = found === undefined ? 0 : parseState(found, state.environment).revision;
      if (revision !== state.revision) throw stateConflict(state, revision);
      const next: EnvironmentState = { ...state, revision: revision + 1 };
      states.set(state.environment, JSON.stringify(next));
      return next;
    },
    list: async () => [...states.keys()].sort(),
  };
}
