import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { encode, type SourceMapMappings } from '@jridgewell/sourcemap-codec';
import type { Bundle, BundledModule, BundleTarget } from './bundle.ts';
import type { Origin, Statement, Variable } from './lua/tree.ts';
import { ref } from './lua/build.ts';
import { compactLua, nameHostFunctions } from './lua/compact.ts';
import { skipForwarders } from './lua/forwarders.ts';
import { guardArithmetic, librariesIn } from './lua/guard.ts';
import { inlineCalls } from './lua/inline-calls.ts';
import { inlineSmall } from './lua/inline-small.ts';
import { joinInUnits } from './lua/join-declarations.ts';
import { obeyLuaLimits, scopeOf } from './lua/limits.ts';
import { nameLiterals } from './lua/name-literals.ts';
import { useNumericFor } from './lua/numeric-for.ts';
import { unpackData } from './lua/packed-data.ts';
import { preludeFor } from './lua/prelude.ts';
import type { Printed } from './lua/print.ts';
import { printProgram, type Program } from './lua/print-program.ts';
import { guardRecursion } from './lua/recursion.ts';
import { createSteps, type ProgramReferences, type References, type Steps } from './lua/references.ts';
import { findSharedErrors, shareErrors } from './lua/share-errors.ts';
import { shiftLoops } from './lua/shift-loops.ts';
import { shrinkLua } from './lua/shrink.ts';
import { useSpareParameters } from './lua/spare-parameters.ts';
import { unitPass, type Questions } from './lua/units.ts';
import { bindBudget, chargeLoops, loopSources } from './lua/work-budget.ts';
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
  /** What the build before left. @default nothing */
  steps?: Steps;
}

/**
 * All modules in one program: the guards' prelude, the shared variables, then each module in a block of its own. Modules are
 * left as they are. What was made of one before is used again where the rest of the program does not ask for something else.
 */
export function assembleLua({ modules, shared: given, minify, shrink = true, guards = true, isBounded = () => false, steps = createSteps() }: AssembleInput): Printed {
  const shared = new Set(given);
  const blocks = modules.map(({ body }) => blockOf(body));
  const kept = shrink ? joinInUnits(shrinkLua(blocks, shared, steps), {}).filter((node) => node.type !== 'DoStatement' || node.body.length > 0) : blocks;
  const visible = new Set(shared);
  let body = unpackData(bindBudget(kept, {}));
  if (minify) body = inlineCalls(skipForwarders(body, shared, steps('forward').follow(body)), visible, steps);
  if (shrink) body = countLoops(body, outsideOf(steps('loops').follow(body)));
  if (minify) body = inlineSmall(body, steps('small').follow(body));
  if (minify) body = compact(body, outsideOf(steps('compact').follow(body)));
  // Recursion first: the other guards add calls that it need not look at.
  if (guards) body = guardRecursion(body, steps('recursion').follow(body));
  const libraries = guards ? body.flatMap(librariesIn) : [];
  const errors = minify ? findSharedErrors(body) : undefined;
  const starts = errors && [...errors.starts];
  body = finish(body, {}, undefined, (unit) => JSON.stringify({ guards, minify, starts, bounded: loopSources(unit).filter((source) => isBounded({ source, line: 1, column: 0 })) }));
  const named = [...errors?.definitions ?? [], ...body];
  const opening = preludeFor(named, libraries);
  // After the prelude, which replaces some of the host's functions.
  const hosts = minify ? nameHostFunctions(named) : { declarations: [], body: named };
  const variables = mentioned(hosts.body, visible);
  const literals = minify ? nameLiterals(hosts.body, NAMED_LITERALS) : { declarations: [], body: hosts.body };
  // Luerl copies a block's frame at every store to a captured variable: the counters keep one of their own.
  const inner = [...hosts.declarations, ...literals.declarations, ...declare(variables), ...literals.body];
  return printProgram(withinLimits(opening, inner, steps('limits')), { minify, references: steps('print') });
}

/** Locals for literals; where a program has too many locals, those that it mentions least share a table. */
const NAMED_LITERALS = 40;

const blockOf = ((blocks: WeakMap<readonly Statement[], Statement>) => (body: Statement[]): Statement => {
  const block = blocks.get(body) ?? { type: 'DoStatement', body };
  blocks.set(body, block);
  return block;
})(new WeakMap());

type Outside = References & Questions;

const outsideOf = ({ writes, functionOf }: References): Outside => ({ writes, functionOf });

const countLoops = unitPass<Outside>((unit, outside) => useNumericFor(unit, outside));

const compact = unitPass<Outside>((unit, outside) => compactLua(shiftLoops(unit), outside));

/** What no other unit has a part in; the key says which of it, and how. */
const finish = unitPass((unit, _ask, key) => {
  const { guards, minify, starts, bounded } = JSON.parse(key) as { guards: boolean; minify: boolean; starts?: string[]; bounded: number[] };
  const guarded = guards ? chargeLoops(guardArithmetic(unit), ({ source }) => bounded.includes(source)) : unit;
  const shared = starts ? shareErrors(guarded, new Set(starts)) : guarded;
  return minify ? useSpareParameters(shared) : shared;
});

/** Those of some variables that a program mentions, in order. */
function mentioned(body: readonly Statement[], variables: ReadonlySet<Variable>): Variable[] {
  return [...new Set(body.flatMap((unit) => [...scopeOf(unit).mentioned]))].filter((variable) => variables.has(variable));
}

/** Statements of the program that hold too much for Lua go to a table, which stands before them. */
function withinLimits(opening: readonly Statement[], inner: readonly Statement[], references: ProgramReferences): Program {
  const count = opening.length;
  const all = obeyLuaLimits([...opening, ...inner], references);
  const start = all.length - inner.length;
  return { opening: count === 0 ? [] : all.slice(0, start), body: count === 0 ? all : all.slice(start) };
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
export function sourceMapOf(file: string, { positions }: Printed, sources: Sources): string {
  const lines: SourceMapMappings = [];
  for (const { line, column, at } of positions) {
    while (lines.length <= line) lines.push([]);
    lines[line]?.push([column, sources.place(at.source), at.line - 1, at.column]);
  }
  return `${JSON.stringify({ version: 3, file, sources: sources.list(), names: [], mappings: encode(lines) })}\n`;
}

/** Largest first: what costs what. */
export function moduleSizes({ bytes }: Printed, sources: Sources): BundledModule[] {
  return [...bytes].map(([source, size]): BundledModule => {
    const sha256 = sources.sha256(source);
    return { path: sources.name(source), bytes: size, ...(sha256 !== undefined && { sha256 }) };
  })
    .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
}
