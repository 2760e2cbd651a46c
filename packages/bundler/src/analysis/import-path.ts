import { LUALIB } from '../lualib-origins.ts';
import type { SourceGraph } from './module-facts.ts';
import { GUARDS, START } from './origin-of.ts';
import { usersOfFeature } from './library-users.ts';

/** Answers, for one role, why a module is there. */
export type WhyOf = (path: string) => string[];

/**
 * Shortest ways of imports from the role's entry, barrels included. Modules that only the kernel needs start with the
 * `(start)` of the bundle, which calls it.
 */
export function importPaths(graph: SourceGraph): WhyOf {
  const before = new Map<string, string | undefined>();
  const visit = (start: string, from: string | undefined) => {
    if (before.has(start)) return;
    before.set(start, from);
    const queue = [start];
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      for (const next of graph.modules.get(path)?.imports ?? []) {
        if (before.has(next)) continue;
        before.set(next, path);
        queue.push(next);
      }
    }
  };
  visit(graph.entry, undefined);
  if (graph.kernel !== undefined && !before.has(graph.kernel)) visit(graph.kernel, START);
  const way = (path: string): string[] => {
    const steps: string[] = [];
    for (let at: string | undefined = path; at !== undefined; at = before.get(at)) steps.unshift(at);
    return steps;
  };
  return (path) => {
    if (path === GUARDS) return ['(the compiler)', GUARDS];
    if (path === START) return [START];
    if (path.startsWith(LUALIB)) {
      const [user] = usersOfFeature(graph, path).map(({ module }) => way(module)).sort((a, b) => a.length - b.length);
      return user ? [...user, path] : ['(the compiler)', path];
    }
    return before.has(path) ? way(path) : ['(the compiler)', path];
  };
}
