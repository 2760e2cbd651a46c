import { createSharedVariables, type SharedVariables } from './link.ts';
import { createSteps, type Steps } from './lua/references.ts';
import type { Statement, Variable } from './lua/tree.ts';
import type { SourceNumbers, Sources } from './origins.ts';

/** What linking a program leaves for the next time: the same variables and numbers of sources, and linked modules. */
export interface LinkMemory {
  variables: Map<string, Variable>;
  numbers: SourceNumbers;
  modules: Map<string, LinkedModule>;
  /** Of the passes over the linked program. */
  steps: Steps;
}

interface LinkedModule {
  key: string;
  body: Statement[];
  /** What linking it asked for: asked for again when it is taken from here. */
  asked: readonly ((shared: SharedVariables, sources: Sources) => void)[];
}

export const linkMemory = (): LinkMemory => ({ variables: new Map(), numbers: new Map(), modules: new Map(), steps: createSteps() });

/** One linking of a program. */
export interface Linking {
  shared: SharedVariables;
  /** The body of a module: `link` gives it, unless it is there from before under the same key. It must not be changed. */
  module(name: string, key: string, link: (shared: SharedVariables, sources: Sources) => Statement[]): Statement[];
}

/** Modules that are not linked this time are forgotten, with the next linking at the latest. */
export function startLinking(memory: LinkMemory, sources: Sources): Linking {
  const before = new Map(memory.modules);
  memory.modules.clear();
  const shared = createSharedVariables(memory.variables);
  return {
    shared,
    module(name, key, link) {
      const known = before.get(name);
      if (known?.key === key) known.asked.forEach((ask) => ask(shared, sources));
      const entry = known?.key === key ? known : linkNow(key, link, shared, sources);
      memory.modules.set(name, entry);
      return entry.body;
    },
  };
}

function linkNow(key: string, link: (shared: SharedVariables, sources: Sources) => Statement[], shared: SharedVariables, sources: Sources): LinkedModule {
  const asked: LinkedModule['asked'][number][] = [];
  const noted: SharedVariables = {
    ...shared,
    of(file, name) {
      asked.push((each) => each.of(file, name));
      return shared.of(file, name);
    },
    namespace(file) {
      asked.push((each) => each.namespace(file));
      return shared.namespace(file);
    },
  };
  const seen: Sources = {
    ...sources,
    add(file, text) {
      asked.push((_each, list) => list.add(file, text));
      return sources.add(file, text);
    },
  };
  return { key, body: link(noted, seen), asked };
}
