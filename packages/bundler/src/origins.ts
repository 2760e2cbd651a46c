import { hash } from 'node:crypto';
import { decode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import type { Origin } from './lua/tree.ts';

/** The sources of a bundle; an Origin refers to one by number. */
export interface Sources {
  /** `text`: of a source that lies on disk, as it lies there. */
  add(file: string, text?: string): number;
  name(source: number): string;
  /** Those of this bundle, in the order in which they were added. */
  list(): readonly string[];
  /** Where a source is in the list. */
  place(source: number): number;
  /** SHA-256 of a source's text, hex; none for what the build makes up. */
  sha256(source: number): string | undefined;
}

/** Numbers that sources keep from one build to the next. */
export type SourceNumbers = Map<string, number>;

export function createSources(numbers: SourceNumbers = new Map()): Sources {
  const files = new Map<number, { file: string; place: number }>();
  const hashes: string[] = [];
  return {
    add(file, text) {
      const source = numbers.get(file) ?? numbers.size;
      numbers.set(file, source);
      if (!files.has(source)) files.set(source, { file, place: files.size });
      if (text !== undefined) hashes[source] = hash('sha256', text, 'hex');
      return source;
    },
    name: (source) => files.get(source)?.file ?? '',
    list: () => [...files.values()].map(({ file }) => file),
    place: (source) => files.get(source)?.place ?? 0,
    sha256: (source) => hashes[source],
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
