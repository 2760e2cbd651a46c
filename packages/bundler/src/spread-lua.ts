import { decode } from '@jridgewell/sourcemap-codec';
import type { SourcePosition } from './lua-position.ts';

/** A bundle with a line of its own for every mapped place: then a line, which is all that Lua tells, is exact. */
export interface SpreadLua {
  code: string;
  /** Where a line of `code`, from 1, came from. */
  positionOf(line: number): SourcePosition | undefined;
}

/** A line break may stand between any two tokens of Lua, and places begin with a token. */
export function spreadLua(code: string, map: string): SpreadLua {
  const { sources, mappings } = JSON.parse(map) as { sources: string[]; mappings: string };
  const places = decode(mappings);
  const lines: string[] = [];
  const origins: (SourcePosition | undefined)[] = [];
  for (const [index, text] of code.split('\n').entries()) {
    let from = 0;
    let origin: SourcePosition | undefined;
    const end = (to: number, next: SourcePosition | undefined): void => {
      if (to > from) {
        lines.push(text.slice(from, to));
        origins.push(origin);
      }
      [from, origin] = [to, next];
    };
    for (const segment of places[index] ?? []) {
      if (segment.length > 1) end(segment[0], { file: sources[segment[1]!] ?? '', line: segment[2]! + 1, column: segment[3]! + 1 });
    }
    end(text.length, undefined);
  }
  return { code: `${lines.join('\n')}\n`, positionOf: (line) => origins[line - 1] };
}
