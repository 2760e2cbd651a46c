import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { encode, type SourceMapMappings } from '@jridgewell/sourcemap-codec';
import type { Bundle, BundledModule, BundleTarget } from './bundle.ts';
import type { Origin, Statement, Variable } from './lua/tree.ts';
import { ref } from './lua/build.ts';
import { compactLua, nameHostFunctions } from './lua/compact.ts';
import { skipForwarders } from './lua/forwarders.ts';
import { guardArithmetic } from './lua/guard.ts';
import { inlineCalls } from './lua/inline-calls.ts';
import { inlineSmall } from './lua/inline-small.ts';
import { joinDeclarations } from './lua/join-declarations.ts';
import { obeyLuaLimits } from './lua/limits.ts';
import { useNumericFor } from './lua/numeric-for.ts';
import { unpackData } from './lua/packed-data.ts';
import { createPrelude, type Prelude } from './lua/prelude.ts';
import { printLua, type Printed } from './lua/print.ts';
import { guardRecursion } from './lua/recursion.ts';
import { nameVariables } from './lua/rename.ts';
import { shareErrors } from './lua/share-errors.ts';
import { shiftLoops } from './lua/shift-loops.ts';
import { shrinkLua } from './lua/shrink.ts';
import { rewrite, walk } from './lua/walk.ts';
import { useSpareParameters } from './lua/spare-parameters.ts';
import { chargeLoops } from './lua/work-budget.ts';
import type { Sources } from './origins.ts';

export interface AssembleInput {
  modules: readonly { file: string; body: Statement[] }[];
  shared: ReadonlySet<Variable>;
  minify: boolean;
  /** `false`: no statement, name or table is given up. @default true */
  shrink?: boolean;
  /** Make ordinary errors of what a HyperBEAM node could not survive. @default true */
  guards?: boolean;
  /** Sources whose loops always end, and soon: they need not be counted. @default none */
  isBounded?: (at: Origin) => boolean;
}

/** All modules in one program: the guards' prelude, the shared variables, then each module in a block of its own. */
export function assembleLua({ modules, shared: given, minify, shrink = true, guards = true, isBounded = () => false }: AssembleInput): Printed {
  const shared = new Set(given);
  const blocks: Statement[] = modules.map(({ body }) => ({ type: 'DoStatement', body }));
  const kept = shrink ? joinDeclarations(shrinkLua(blocks, shared)).filter((node) => node.type !== 'DoStatement' || node.body.length > 0) : blocks;
  const prelude = createPrelude();
  const visible = new Set(shared);
  let body = unpackData(bindBudget(kept, prelude), prelude);
  if (minify) body = inlineCalls(skipForwarders(body, shared), visible);
  if (shrink) body = useNumericFor(body);
  if (minify) body = compactLua(shiftLoops(inlineSmall(body)));
  // Recursion first: the other guards add calls that it need not look at.
  if (guards) body = chargeLoops(guardArithmetic(guardRecursion(body, prelude), prelude), prelude, isBounded);
  if (minify) body = useSpareParameters(shareErrors(body, prelude));
  const mentioned = new Set<Variable>();
  walk(body, (node) => {
    if (node.type === 'Identifier' && node.variable && visible.has(node.variable)) mentioned.add(node.variable);
  });
  const opening = prelude.statements();
  // After the prelude, which replaces some of the host's functions.
  const hosts = minify ? nameHostFunctions(body) : { declarations: [], body };
  // Luerl copies a block's frame at every store to a captured variable: the counters keep one of their own.
  const inner: Statement[] = [...hosts.declarations, ...declare([...mentioned]), ...hosts.body];
  const program = obeyLuaLimits(opening.length === 0 ? inner : [...opening, { type: 'DoStatement', body: inner }]);
  nameVariables(program, { minify });
  return printLua(program, { minify });
}

/** The kernel's intrinsic: `__budget.n` and `.depth` are the counters that the guards use. */
function bindBudget(body: Statement[], prelude: Prelude): Statement[] {
  return rewrite(body, {
    expression: (node) => (node.type === 'Identifier' && !node.variable && node.name === '__budget' ? ref(prelude.use('budget')) : node),
  });
}

function declare(variables: readonly Variable[]): Statement[] {
  return variables.length === 0 ? [] : [{ type: 'LocalStatement', variables: variables.map(ref), init: [] }];
}

/** Hashes and measures printed code. */
export function finishBundle(role: string, target: BundleTarget, code: string, map: string, modules: Bundle['modules'], warnings: string[]): Bundle {
  return {
    role, target, code, map,
    sha256: createHash('sha256').update(code).digest('hex'),
    bytes: Buffer.byteLength(code),
    gzipBytes: gzipSync(code, { level: 9 }).length,
    modules, warnings,
  };
}

/** Version 3 source map; sources are relative to the project's root. */
export function sourceMapOf(file: string, { positions }: Printed, sources: readonly string[]): string {
  const lines: SourceMapMappings = [];
  for (const { line, column, at } of positions) {
    while (lines.length <= line) lines.push([]);
    lines[line]?.push([column, at.source, at.line - 1, at.column]);
  }
  return `${JSON.stringify({ version: 3, file, sources, names: [], mappings: encode(lines) })}\n`;
}

/** Largest first: what costs what. */
export function moduleSizes({ bytes }: Printed, sources: Sources): BundledModule[] {
  const files = sources.list();
  return [...bytes].map(([source, size]): BundledModule => {
    const sha256 = sources.sha256(source);
    return { path: files[source] ?? '', bytes: size, ...(sha256 !== undefined && { sha256 }) };
  })
    .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
}
