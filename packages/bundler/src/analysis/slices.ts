import { decode } from '@jridgewell/sourcemap-codec';
import { GUARDS, START } from './origin-of.ts';

/** A stretch of a bundle and the place that it was compiled from. */
export interface Slice {
  path: string;
  /** From 1; 0 for what comes from no source. */
  line: number;
  /** From 0. */
  column: number;
  text: string;
}

/** Cuts a bundle at every mapped place: together the slices are the code. What stands before the first one is the guards'. */
export function slicesOf(code: string, map: string): Slice[] {
  const { sources, mappings } = JSON.parse(map) as { sources: string[]; mappings: string };
  const paths = sources.map((path) => (/(^|\/)__beamline_\w+__\.\w+$/.test(path) ? START : path));
  const slices: Slice[] = [];
  const lines = code.split('\n');
  const mapped = decode(mappings);
  let last: Slice = { path: GUARDS, line: 0, column: 0, text: '' };
  const open = (slice: Slice) => {
    slices.push(slice);
    last = slice;
  };
  open(last);
  lines.forEach((text, index) => {
    let from = 0;
    for (const segment of mapped[index] ?? []) {
      if (segment.length === 1) continue;
      last.text += text.slice(from, segment[0]);
      [from] = segment;
      const [, source, line, column] = segment;
      const path = paths[source] ?? GUARDS;
      // What the compiler adds without a place is mapped to the file's first character: it belongs to what it stands in.
      const placed = line === 0 && column === 0 && last.path === path ? last : { line: line + 1, column };
      open({ path, line: placed.line, column: placed.column, text: '' });
    }
    last.text += text.slice(from) + (index < lines.length - 1 ? '\n' : '');
  });
  return slices.filter(({ text }) => text !== '');
}
