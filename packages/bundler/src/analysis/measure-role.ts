import { gzipSync } from 'node:zlib';
import type { Layout } from '@beamline/ecs';
import type { Bundle } from '../bundle.ts';
import type { LibrarySize, ModuleSize, PartSize, RoleSizes, Size } from './analysis.ts';
import { componentSizes, encoderBytes } from './component-sizes.ts';
import { bytesWithin, sizeDeclarations, type SizedDeclaration } from './declaration-bytes.ts';
import { importPaths } from './import-path.ts';
import type { RolePart, SourceGraph } from './module-facts.ts';
import { nameGraph, type NameGraph } from './name-graph.ts';
import { libraryOf, originOf } from './origin-of.ts';
import { slicesOf, type Slice } from './slices.ts';

/** A role's bundle and what is known of its sources. */
export interface MeasuredBundle {
  bundle: Pick<Bundle, 'role' | 'target' | 'code' | 'map' | 'bytes' | 'gzipBytes'>;
  graph: SourceGraph;
  /** The readable print of the same program. */
  raw?: Pick<Bundle, 'code' | 'map' | 'bytes'>;
  /** The role's, for what its components cost. */
  layout?: Layout;
}

/** What a role's measuring found, for the advice that follows. */
export interface Measured {
  sizes: RoleSizes;
  graph: SourceGraph;
  slices: readonly Slice[];
  declarations: ReadonlyMap<string, SizedDeclaration[]>;
  names: NameGraph;
}

export function measureRole({ bundle, graph, raw, layout }: MeasuredBundle): Measured {
  const slices = slicesOf(bundle.code, bundle.map);
  const rawSlices = raw && slicesOf(raw.code, raw.map);
  const why = importPaths(graph);
  const texts = textByPath(slices);
  const rawTexts = rawSlices && textByPath(rawSlices);
  const alone = new Map([...texts].map(([path, text]) => [path, gzipSync(text, { level: 9 }).length]));
  const scale = bundle.gzipBytes / [...alone.values()].reduce((sum, bytes) => sum + bytes, 0);
  const share = (bytes: number) => bytes / bundle.bytes;

  const modules = [...texts].map(([path, text]): ModuleSize => ({
    path, origin: originOf(path), bytes: text.length, gzipBytes: Math.round((alone.get(path) ?? 0) * scale), share: share(text.length),
    ...(rawTexts && { rawBytes: rawTexts.get(path)?.length ?? 0 }), why: why(path),
  })).sort((a, b) => largestFirst(a, b, 'path'));

  const declarations = sizeDeclarations(graph, slices);
  const rawDeclarations = rawSlices && sizeDeclarations(graph, rawSlices);
  const names = nameGraph(graph, declarations);
  const everything = bytesOf(names.reached());
  const parts = graph.parts.map((part): PartSize => {
    const defined = 'name' in part.at ? names.find(part.at)[0] : undefined;
    const bytes = sizeOfPart(part, defined, slices);
    const module = modules.find(({ path }) => path === (defined?.module ?? part.at.path));
    const rawBytes = rawSlices && ('name' in part.at
      ? rawDeclarations?.get(defined?.module ?? '')?.find(({ declaration }) => declaration === defined?.declaration || declaration.name === defined?.declaration.name)?.bytes ?? 0
      : bytesWithin(rawSlices, part.at.path, part.at.start, part.at.end));
    return {
      kind: part.kind, name: (part.kind === 'action' ? undefined : defined?.declaration.defines) ?? part.name, module: defined?.module ?? part.at.path, line: 'start' in part.at ? part.at.start[0] : (defined?.declaration.start[0] ?? 0),
      bytes, share: share(bytes), ...(rawBytes !== undefined && { rawBytes }),
      gzipBytes: module && module.bytes > 0 ? Math.round((module.gzipBytes * bytes) / module.bytes) : 0,
      savedBytes: defined ? everything - bytesOf(names.reached(defined)) : bytes,
      uses: defined ? names.usersOf(defined).filter(({ bytes: size, declaration }) => size > 0 && !lists(declaration.name)).map(({ declaration }) => declaration.name).sort() : [],
      why: why(defined?.module ?? part.at.path),
    };
  }).sort((a, b) => largestFirst(a, b, 'name'));

  return {
    sizes: {
      role: bundle.role, target: bundle.target, entry: graph.entry, bytes: bundle.bytes, gzipBytes: bundle.gzipBytes,
      ...(raw && { rawBytes: raw.bytes }), libraries: librariesOf(modules), modules, parts,
      ...(layout && { components: componentSizes(layout, parts), encoderBytes: encoderBytes(modules) }),
    },
    graph, slices, declarations, names,
  };
}

/** The role itself lists everything. */
const lists = (name: string): boolean => name === 'default' || name.startsWith('line ');

function sizeOfPart({ at }: RolePart, defined: SizedDeclaration | undefined, slices: readonly Slice[]): number {
  return 'name' in at ? (defined?.bytes ?? 0) : bytesWithin(slices, at.path, at.start, at.end);
}

function bytesOf(declarations: ReadonlySet<SizedDeclaration>): number {
  return [...declarations].reduce((sum, { bytes }) => sum + bytes, 0);
}

function textByPath(slices: readonly Slice[]): Map<string, string> {
  const parts = new Map<string, string[]>();
  for (const { path, text } of slices) {
    const list = parts.get(path);
    if (list) list.push(text);
    else parts.set(path, [text]);
  }
  return new Map([...parts].map(([path, list]) => [path, list.join('')]));
}

function librariesOf(modules: readonly ModuleSize[]): LibrarySize[] {
  const libraries = new Map<string, LibrarySize>();
  for (const module of modules) {
    const name = libraryOf(module.path);
    const sum = libraries.get(name) ?? { name, modules: 0, bytes: 0, gzipBytes: 0, share: 0 };
    libraries.set(name, { ...sum, ...addSizes(sum, module), modules: sum.modules + 1 });
  }
  return [...libraries.values()].sort((a, b) => largestFirst(a, b, 'name'));
}

function addSizes(a: Size, b: Size): Size {
  const raw = a.rawBytes === undefined && b.rawBytes === undefined ? {} : { rawBytes: (a.rawBytes ?? 0) + (b.rawBytes ?? 0) };
  return { bytes: a.bytes + b.bytes, gzipBytes: a.gzipBytes + b.gzipBytes, share: a.share + b.share, ...raw };
}

export function largestFirst<K extends string>(a: { bytes: number } & Record<K, string>, b: { bytes: number } & Record<K, string>, name: K): number {
  return b.bytes - a.bytes || (a[name] < b[name] ? -1 : 1);
}
