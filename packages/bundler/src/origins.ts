import { decode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import type { Origin } from './lua/tree.ts';

/** The bundle's list of sources; an Origin refers to it by index. */
export interface Sources {
  add(file: string): number;
  list(): readonly string[];
}

export function createSources(): Sources {
  const files = new Map<string, number>();
  return {
    add(file) {
      const known = files.get(file) ?? files.size;
      files.set(file, known);
      return known;
    },
    list: () => [...files.keys()],
  };
}

/** Locator for a file that is itself the source. */
export function ownOrigin(source: number): (line: number, column: number) => Origin {
  return (line, column) => ({ source, line, column });
}

/** Locator for generated code: through its source map to the nearest mapped place at or before, on the same line. */
export function mappedOrigin(source: number, map: string): (line: number, column: number) => Origin | undefined {
  const lines = decode((JSON.parse(map) as { mappings: string }).mappings);
  return (line, column) => {
    let found: SourceMapSegment | undefined;
    for (const segment of lines[line - 1] ?? []) {
      if (segment[0] > column) break;
      if (segment.length > 1) found = segment;
    }
    found ??= (lines[line - 1] ?? []).find((segment) => segment.length > 1);
    return found && found.length > 1 ? { source, line: (found[2] ?? 0) + 1, column: found[3] ?? 0 } : { source, line: 1, column: 0 };
  };
}
