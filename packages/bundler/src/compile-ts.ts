import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { componentOrderVisitor } from './component-order.ts';
import { faultOf, type Finding } from './finding.ts';
import { jsonTable } from './json-table.ts';
import { createSharedVariables, linkLualib, linkModule, namespaceStatement, type SharedVariables } from './link.ts';
import { hasLiveCode } from './liveness/live-code.ts';
import { liveProgram } from './liveness/live-program.ts';
import { isJson } from './liveness/module-graph.ts';
import { assign, ref } from './lua/build.ts';
import { parseLua, type Statement } from './lua/tree.ts';
import { lintLive, type LintMode } from './lint/lint-live.ts';
import { lualibFor } from './lualib.ts';
import { LUALIB, lualibOrigins } from './lualib-origins.ts';
import { mappedOrigin, type Sources } from './origins.ts';
import { relativeTo } from './root-path.ts';
import type { RollupInput } from './shake.ts';
import type { ExportRef, Links } from './ts-links.ts';
import { createSafeName, isUnsafeName } from 'typescript-to-lua/dist/transformation/utils/safe-names.js';
import { createProgram, typeErrors } from './ts-program.ts';
import { emitLua } from './tstl-emit.ts';

/** A TypeScript program as Lua statements, module by module in order of evaluation. */
export interface CompiledProgram {
  modules: { file: string; body: Statement[] }[];
  shared: SharedVariables;
  links: Links;
  warnings: Finding[];
}

/** Shakes, type-checks and compiles what `entry` needs. */
export async function compileTypeScript(input: RollupInput & { sources: Sources; lint?: LintMode }): Promise<CompiledProgram> {
  const { entry, root, resolver, define, sources, lint = 'off' } = input;
  const program = createProgram(input);
  const errors = typeErrors(program, input);
  if (errors.length > 0) throw faultOf(errors);

  const { main, links, dead, removable } = liveProgram(program, input);
  const order = evaluationOrder(main, links);
  const live = order.filter((file) => !isJson(file) && hasLiveCode(file, dead));
  const findings: Finding[] = [];
  const doubts = lintLive({ program, files: live, dead, entry, root, resolver, mode: lint });
  const { emitted, findings: unsupported, warnings } = emitLua({
    program, files: live, dead, define, root,
    visitors: componentOrderVisitor(componentExport(entry, resolver, links), root, findings),
  });
  findings.push(...unsupported);
  if (findings.length > 0) throw faultOf(findings);

  const shared = createSharedVariables();
  const codeOf = new Map(emitted.map((file) => [file.file, file]));
  const modules: CompiledProgram['modules'] = [];
  const lualib = lualibFor(emitted.map(({ code }) => code));
  if (lualib) modules.push({ file: LUALIB, body: linkLualib(parseLua(lualib, lualibOrigins(lualib, sources)), LUALIB, shared) });

  for (const file of order) {
    const name = relativeTo(root, file.fileName);
    if (isJson(file)) {
      modules.push({ file: name, body: jsonModule(file.fileName, name, sources.add(name), shared) });
      continue;
    }
    const lua = codeOf.get(file.fileName);
    if (!lua) continue;
    const body = parseLua(lua.code, mappedOrigin(sources.add(name), lua.map));
    markRemovable(body, file, removable);
    const linked = linkModule({ file: file.fileName, body, imports: luaNames(links.imports(file), program) }, shared, links.exportOf, lualib ? LUALIB : undefined);
    modules.push({ file: name, body: linked });
  }
  for (const file of shared.namespaces()) {
    const names = links.exportNames(file).flatMap((name) => {
      const target = links.exportOf(file, name);
      return target && target.name !== '*' ? [{ name, variable: shared.of(target.file, target.name) }] : [];
    });
    modules.push({ file: relativeTo(root, file), body: [namespaceStatement(shared.namespace(file), names)] });
  }
  return { modules, shared, links, warnings: [...warnings, ...doubts] };
}

/** Columns per line in a position's number; no source has longer lines. */
const LINE = 1e6;

/** What is live for its name only goes again if the name turns out to be unused. */
function markRemovable(body: Statement[], file: ts.SourceFile, removable: ReadonlySet<ts.Node>): void {
  const key = (line: number, column: number) => line * LINE + column;
  const place = (position: number) => {
    const { line, character } = file.getLineAndCharacterOfPosition(position);
    return key(line + 1, character);
  };
  const ranges = file.statements.filter((statement) => removable.has(statement)).map((statement) => [place(statement.getStart(file)), place(statement.end)] as const);
  for (const node of body) {
    const at = node.at && key(node.at.line, node.at.column);
    if (at !== undefined && ranges.some(([start, end]) => at >= start && at < end)) node.removable = true;
  }
}

/** Imported names as TypeScriptToLua writes them: those that would hide a Lua global or keyword get a prefix. */
function luaNames(imports: ReadonlyMap<string, ExportRef>, program: ts.Program): Map<string, ExportRef> {
  return new Map([...imports].map(([name, ref]) => [isUnsafeName(name, program.getCompilerOptions()) ? createSafeName(name) : name, ref]));
}

/** Depth first over imports and re-exports, as ECMAScript evaluates modules. */
function evaluationOrder(entry: ts.SourceFile, links: Links): ts.SourceFile[] {
  const order: ts.SourceFile[] = [];
  const seen = new Set<ts.SourceFile>();
  const visit = (file: ts.SourceFile) => {
    if (seen.has(file)) return;
    seen.add(file);
    if (!isJson(file)) links.dependencies(file).forEach(visit);
    order.push(file);
  };
  visit(entry);
  return order;
}

function componentExport(entry: string, resolver: RollupInput['resolver'], links: Links): ExportRef | undefined {
  const ecs = resolver.resolve('@beamline/ecs', entry);
  return ecs === undefined ? undefined : links.exportOf(ecs, 'component');
}

function jsonModule(file: string, name: string, source: number, shared: SharedVariables): Statement[] {
  try {
    const table = jsonTable(JSON.parse(readFileSync(file, 'utf8')));
    return [{ ...assign(ref(shared.of(file, 'default')), table), at: { source, line: 1, column: 0 } }];
  } catch (error) {
    throw faultOf([{
      code: 'bundler/unsupported', file: name, message: `cannot become a Lua table: ${(error as Error).message}`,
      hint: 'Lists in Lua have no holes: use a value such as 0 or "" in place of null.',
    }]);
  }
}
