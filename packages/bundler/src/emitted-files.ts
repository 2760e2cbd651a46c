import type ts from 'typescript';
import { componentOrderVisitor } from './component-order.ts';
import type { CheckedProgram } from './checked-program.ts';
import { faultOf, type Finding } from './finding.ts';
import { lintLive, type LintMode } from './lint/lint-live.ts';
import type { LiveProgram } from './liveness/live-program.ts';
import { parseLua, type Statement } from './lua/tree.ts';
import { countLengths } from './pattern-length.ts';
import type { ModuleResolver } from './module-resolver.ts';
import { mappedOrigin } from './origins.ts';
import { relativeTo } from './root-path.ts';
import type { ExportRef } from './ts-links.ts';
import { emitLua } from './tstl-emit.ts';

/** One file's Lua, parsed, and what was said about it. The tree is nobody's: copy it before passes change it. */
export interface EmittedLua {
  /** Of this compilation of the file: no other has it. */
  id: number;
  code: string;
  body: readonly Statement[];
  warnings: readonly Finding[];
}

export interface EmitFilesInput {
  checked: CheckedProgram;
  live: LiveProgram;
  /** In order of evaluation. */
  files: readonly ts.SourceFile[];
  entry: string;
  root: string;
  resolver: ModuleResolver;
  define: Readonly<Record<string, string>>;
  lint: LintMode;
}

/**
 * The Lua of each file. The same file with the same dead code gives the same Lua while types are the same, so what is
 * known already is not compiled.
 * @throws Fault `bundler/unsupported`, `determinism/…`
 */
export function emitFiles(input: EmitFilesInput): ReadonlyMap<ts.SourceFile, EmittedLua> {
  const { checked: { factsOf }, live, files } = input;
  const known = (file: ts.SourceFile) => factsOf(file).emitted.get(live.deadIn(file).join());
  const missing = files.filter((file) => !known(file));
  if (missing.length > 0) compile(missing, input);
  return new Map(files.map((file) => [file, known(file)!]));
}

function compile(missing: readonly ts.SourceFile[], { checked: { program, factsOf }, live, entry, root, resolver, define, lint }: EmitFilesInput): void {
  const { dead } = live;
  const findings: Finding[] = [];
  const doubts = lintLive({ program, files: missing, dead, entry, root, resolver, mode: lint });
  const { emitted, findings: unsupported, warnings } = emitLua({
    program, files: missing, dead, define, root,
    visitors: componentOrderVisitor(componentExport(entry, resolver, live), root, findings),
  });
  findings.push(...unsupported);
  if (findings.length > 0) throw faultOf(findings);
  const codes = new Map(emitted.map((each) => [each.file, each]));
  for (const file of missing) {
    const { code = '', map } = codes.get(file.fileName) ?? {};
    const name = relativeTo(root, file.fileName);
    factsOf(file).emitted.set(live.deadIn(file).join(), {
      id: (count += 1), code,
      body: map === undefined ? [] : countLengths(parseLua(code, mappedOrigin(0, map))),
      warnings: [...warnings, ...doubts].filter((finding) => finding.file === name),
    });
  }
}

let count = 0;

function componentExport(entry: string, resolver: ModuleResolver, { links }: LiveProgram): ExportRef | undefined {
  const ecs = resolver.resolve('@beamline/ecs', entry);
  return ecs === undefined ? undefined : links.exportOf(ecs, 'component');
}
