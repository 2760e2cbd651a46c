import { hash } from 'node:crypto';
import { decode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import type { Origin } from './lua/tree.ts';

/** The bundle's list of sources; an Origin refers to it by index. */
export interface Sources {
  /** `text`: of a source that lies on disk, as it lies there. */
  add(file: string, text?: string): number;
  list(): readonly string[];
  /** SHA-256 of a source's text, hex; none for what the build makes up. */
  sha256(index: number): string | undefined;
}

export function createSources(): Sources {
  const files = new Map<string, number>();
  const hashes: string[] = [];
  return {
    add(file, text) {
      const index = files.get(file) ?? files.size;
      files.set(file, index);
      if (text !== undefined) hashes[index] = hash('sha256', text, 'hex');
      return index;
    },
    list: () => [...files.keys()],
    sha256: (index) => hashes[index],
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
