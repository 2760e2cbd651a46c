import type { Origin } from './lua/tree.ts';
import type { Sources } from './origins.ts';

export const LUALIB = 'typescript-to-lua/lualib';

const OPENS = /^local (?:function )?(\w+(?:, \w+)*)/;

/** Locator for TypeScriptToLua's library: each of its functions and classes is a source of its own, `…/lualib/Map`. */
export function lualibOrigins(code: string, sources: Sources): (line: number, column: number) => Origin {
  let feature = 'start';
  const features = code.split('\n').map((text) => {
    const names = OPENS.exec(text)?.[1]?.split(', ');
    feature = names?.find((name) => !name.startsWith('__TS__')) ?? names?.[0] ?? feature;
    return feature;
  });
  return (line, column) => ({ source: sources.add(`${LUALIB}/${(features[line - 1] ?? feature).replace('__TS__', '')}`), line, column });
}
