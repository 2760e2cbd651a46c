import type ts from 'typescript';
import { checkedProgram, sharedSources, type WarmProgram } from './checked-program.ts';
import { emitFiles } from './emitted-files.ts';
import { faultOf, type Finding } from './finding.ts';
import { linkLualib, linkModule, namespaceStatement, type SharedVariables } from './link.ts';
import { linkMemory, startLinking } from './link-memory.ts';
import { hasLiveCode } from './liveness/live-code.ts';
import { liveProgram } from './liveness/live-program.ts';
import { isJson } from './liveness/module-graph.ts';
import { assign, ref } from './lua/build.ts';
import { copyTree } from './lua/copy-tree.ts';
import { parseLua, type Statement } from './lua/tree.ts';
import { walk } from './lua/walk.ts';
import type { LintMode } from './lint/lint-live.ts';
import { lualibFor } from './lualib.ts';
import type { MessageContract } from './messages/message-contract.ts';
import { typescriptMessages } from './messages/ts-messages.ts';
import { LUALIB, lualibOrigins } from './lualib-origins.ts';
import type { Sources } from './origins.ts';
import { dataTable } from './packed-table.ts';
import { relativeTo } from './root-path.ts';
import type { RollupInput } from './shake.ts';
import type { ExportRef, Links } from './ts-links.ts';
import { wholeProgram } from './without-lua.ts';
import { createSafeName, isUnsafeName } from 'typescript-to-lua/dist/transformation/utils/safe-names.js';

/** A TypeScript program as Lua statements, module by module in order of evaluation. */
export interface CompiledProgram {
  modules: { file: string; body: Statement[] }[];
  shared: SharedVariables;
  links: Links;
  warnings: Finding[];
  /** Of a role written in Lua; one in TypeScript is asked before it is linked. */
  messages?: MessageContract;
}

export interface CompileInput extends RollupInput {
  sources: Sources;
  /** @default true */
  shrink?: boolean;
  lint?: LintMode;
  /** What the build before left. @default nothing */
  warm?: WarmProgram;
}

/** A program that is type-checked and compiled file by file, but not yet linked. */
export interface Compilation {
  /** The same for the same program: linking it would give the same. Means nothing to another process. */
  key: string;
  link(): CompiledProgram;
  /** What the role in this module sends and takes. */
  messages(role: string): MessageContract;
}

/** Type-checks and compiles what `entry` needs. The result is the same, warm or cold. */
export function compileTypeScript({ sources, shrink = true, lint = 'off', warm = { shared: sharedSources() }, ...input }: CompileInput): Compilation {
  const { root } = input;
  const checked = checkedProgram(input, warm);
  const { program } = checked;
  const needed = liveProgram(program, input);
  const live = shrink ? needed : wholeProgram({ program, needed, files: evaluationOrder(needed.main, needed.links).filter((file) => !isJson(file)), ...input });
  const { links, dead, removable } = live;
  const order = evaluationOrder(live.main, links);
  const emitted = emitFiles({ ...input, checked, live, files: order.filter((file) => !isJson(file) && hasLiveCode(file, dead)), lint });

  const removableIn = (file: ts.SourceFile) => file.statements.filter((statement) => removable.has(statement));
  const keyOf = (file: ts.SourceFile) => {
    if (isJson(file)) return [file.fileName, file.text];
    const imports = [...links.imports(file)];
    const namespaces = imports.filter(([, { name }]) => name === '*').map(([, { file: target }]) => links.exportNames(target).map((name) => [name, links.exportOf(target, name)]));
    return [file.fileName, emitted.get(file)?.id, removableIn(file).map(({ pos }) => pos), imports, namespaces];
  };
  return { key: JSON.stringify(order.filter((file) => isJson(file) || emitted.has(file)).map(keyOf)), link, messages };

  function messages(role: string): MessageContract {
    const path = input.resolver.resolve('@beamline/kernel', role);
    const library = [path, input.resolver.resolve('@beamline/ecs', role)].map((file) => file && input.resolver.packageOf(file));
    return typescriptMessages({
      program, dead, role, links, kernel: (name) => (path === undefined ? undefined : links.exportOf(path, name)),
      files: order.filter((file) => emitted.has(file) && !library.includes(input.resolver.packageOf(file.fileName))),
    });
  }

  function link(): CompiledProgram {
    const linking = startLinking(warm.linked ??= linkMemory(), sources);
    const modules: CompiledProgram['modules'] = [];
    const add = (file: string, key: string, give: Parameters<typeof linking.module>[2]) => modules.push({ file, body: linking.module(file, key, give) });
    const lualib = lualibFor([...emitted.values()].map(({ code }) => code));
    if (lualib) add(LUALIB, lualib, (shared, list) => linkLualib(parseLua(lualib, lualibOrigins(lualib, list)), LUALIB, shared));

    for (const file of order) {
      const name = relativeTo(root, file.fileName);
      if (isJson(file)) {
        add(name, file.text, (shared, list) => jsonModule(file, name, list.add(name, file.text), shared));
        continue;
      }
      const lua = emitted.get(file);
      if (!lua) continue;
      add(name, JSON.stringify([keyOf(file), lualib !== '']), (shared, list) => {
        const body = copyTree(lua.body, list.add(name, input.virtual.has(file.fileName) ? undefined : file.text));
        markRemovable(body, file, removableIn(file));
        markGivesOne(body, file);
        return linkModule({ file: file.fileName, body, imports: luaNames(links.imports(file), program) }, shared, links.exportOf, lualib ? LUALIB : undefined);
      });
    }
    for (const file of linking.shared.namespaces()) {
      const names = links.exportNames(file).flatMap((name) => {
        const target = links.exportOf(file, name);
        return target && target.name !== '*' ? [{ name, target }] : [];
      });
      const name = relativeTo(root, file);
      modules.push({
        file: name,
        body: linking.module(`${name}\0*`, JSON.stringify(names), (shared) => [
          namespaceStatement(shared.namespace(file), names.map(({ name: each, target }) => ({ name: each, variable: shared.of(target.file, target.name) }))),
        ]),
      });
    }
    return { modules, shared: linking.shared, links, warnings: [...emitted.values()].flatMap(({ warnings }) => warnings) };
  }
}

/** Columns per line in a position's number; no source has longer lines. */
const LINE = 1e6;

/** What is live for its name only goes again if the name turns out to be unused. */
function markRemovable(body: Statement[], file: ts.SourceFile, removable: readonly ts.Statement[]): void {
  const key = (line: number, column: number) => line * LINE + column;
  const place = (position: number) => {
    const { line, character } = file.getLineAndCharacterOfPosition(position);
    return key(line + 1, character);
  };
  const ranges = removable.map((statement) => [place(statement.getStart(file)), place(statement.end)] as const);
  for (const node of body) {
    const at = node.at && key(node.at.line, node.at.column);
    if (at !== undefined && ranges.some(([start, end]) => at >= start && at < end)) node.removable = true;
  }
}

function markGivesOne(body: Statement[], { text }: ts.SourceFile): void {
  // TypeScriptToLua's extension for several results.
  if (/\$multi\b|\bLuaMulti/.test(text)) return;
  walk(body, (node) => {
    if (node.type === 'FunctionDeclaration') node.givesOne = true;
  });
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

function jsonModule(file: ts.SourceFile, name: string, source: number, shared: SharedVariables): Statement[] {
  try {
    const table = dataTable(JSON.parse(file.text));
    return [{ ...assign(ref(shared.of(file.fileName, 'default')), table), at: { source, line: 1, column: 0 }, removable: true }];
  } catch (error) {
    throw faultOf([{
      code: 'bundler/unsupported', file: name, message: `cannot become a Lua table: ${(error as Error).message}`,
      hint: 'Lists in Lua have no holes: use a value such as 0 or "" in place of null.',
    }]);
  }
}
