import { decode, type SourceMapMappings, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import { resolve } from 'node:path';
import ts from 'typescript';
import { isCode } from './code-statement.ts';
import { relativeTo } from './root-path.ts';
import { shakeModules, type RollupInput } from './shake.ts';
import type { Stripped } from './strip-plugin.ts';

/** Per file: where each statement that esbuild kept starts (`line * LINE + column`, from 0), and whether rollup kept it. */
export type LiveStatements = ReadonlyMap<string, ReadonlyMap<number, boolean>>;

/** Columns per line in a position's number; no source has longer lines. */
export const LINE = 1e6;

/**
 * Shakes with rollup and says which statements survive. Rollup's positions are compared with the stripped text, where they
 * are exact: composed with esbuild's map, the end of a removed statement would seem to live.
 */
export async function findLiveStatements(input: RollupInput): Promise<LiveStatements> {
  const stripped = new Map<string, Stripped>();
  const { map } = await shakeModules(input, stripped);
  const { sources, mappings } = JSON.parse(map) as { sources: string[]; mappings: string };
  const files = new Map([...stripped.keys()].map((file) => [relativeTo(input.root, file), file]));
  const positions = new Map<string, number[]>();
  for (const line of decode(mappings)) {
    for (const segment of line) {
      if (segment.length === 1) continue;
      const source = sources[segment[1]] ?? '';
      const file = files.get(source) ?? resolve(input.root, source);
      const list = positions.get(file) ?? [];
      positions.set(file, list);
      list.push(segment[2] * LINE + segment[3]);
    }
  }
  const live = new Map<string, ReadonlyMap<number, boolean>>();
  for (const [file, list] of positions) {
    const text = stripped.get(file);
    if (text) live.set(file, statementsOf(text, list.sort((a, b) => a - b)));
  }
  return live;
}

function statementsOf({ code, map }: Stripped, positions: readonly number[]): ReadonlyMap<number, boolean> {
  const file = ts.createSourceFile('stripped.js', code, ts.ScriptTarget.ESNext, false, ts.ScriptKind.JS);
  const lines = decode((JSON.parse(map) as { mappings: string }).mappings);
  const found = new Map<number, boolean>();
  const texts = code.split('\n');
  const place = (offset: number) => file.getLineAndCharacterOfPosition(offset);
  const key = ({ line, character }: ts.LineAndCharacter) => line * LINE + character;
  const visit = (node: ts.Node): void => {
    if (isCode(node)) {
      const start = place(node.getStart(file));
      const origin = originOf(lines, texts[start.line] ?? '', start);
      const isLive = isLiveBetween(positions, key(start), key(place(node.end)));
      if (origin !== undefined) found.set(origin, isLive || found.get(origin) === true);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Esbuild maps a statement from the start of its line, indentation included. */
function originOf(lines: SourceMapMappings, text: string, { line, character }: ts.LineAndCharacter): number | undefined {
  let found: SourceMapSegment | undefined;
  for (const segment of lines[line] ?? []) if (segment[0] <= character) found = segment;
  if (!found || found.length === 1 || text.slice(found[0], character).trim() !== '') return undefined;
  return (found[2] ?? 0) * LINE + (found[3] ?? 0);
}

/** True when something live starts within [from, to). */
function isLiveBetween(positions: readonly number[], from: number, to: number): boolean {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((positions[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return (positions[low] ?? Infinity) < to;
}
