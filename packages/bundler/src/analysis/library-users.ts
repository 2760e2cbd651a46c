import type { SourceGraph } from './module-facts.ts';

export interface FeatureUser {
  module: string;
  declaration: string;
  line: number;
}

const CLASSES = new Set(['Class', 'ClassExtends', 'New', 'SetDescriptor']);
const SYNTAX: Record<string, string> = { InstanceOf: 'instanceof', InstanceOfObject: 'instanceof', Symbol: 'Symbol', Iterator: 'Symbol' };

/** Declarations whose syntax asks for a part of TypeScriptToLua's library: `…/lualib/Map` for who mentions `Map`. */
export function usersOfFeature({ modules }: SourceGraph, path: string): FeatureUser[] {
  const feature = path.slice(path.lastIndexOf('/') + 1);
  const wanted = new Set([feature, SYNTAX[feature] ?? '', CLASSES.has(feature) ? 'class' : '', methodOf(feature)]);
  wanted.delete('');
  return [...modules.values()].flatMap(({ path: module, declarations }) => declarations
    .filter(({ mentions, members }) => [...mentions, ...members].some((name) => wanted.has(name)))
    .map(({ name, start }) => ({ module, declaration: name, line: start[0] })));
}

/** `ArrayFilter` → `filter`: methods that need a function of the library. */
function methodOf(feature: string): string {
  const method = /^(?:Array|String|Object|Number|Math)([A-Z]\w*)$/.exec(feature)?.[1];
  return method === undefined ? '' : `${method[0]?.toLowerCase() ?? ''}${method.slice(1)}`;
}
