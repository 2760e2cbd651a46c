import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import * as tstl from 'typescript-to-lua';

/** What a project gets from TypeScriptToLua alone, types checked as its command does; a global `start` plays it. */
export async function luaBundle(entry: string, root: string): Promise<string> {
  const { diagnostics } = tstl.transpileFiles([entry], {
    target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2024.d.ts'], types: [], strict: true, noUncheckedIndexedAccess: true, skipLibCheck: true, rewriteRelativeImportExtensions: true,
    luaTarget: tstl.LuaTarget.Lua53, luaBundle: 'bundle.lua', luaBundleEntry: entry, noImplicitSelf: true, outDir: join(root, 'out'), rootDir: root,
  } as tstl.CompilerOptions);
  const failed = diagnostics.find(({ category }) => category === ts.DiagnosticCategory.Error);
  if (failed) throw new Error(ts.flattenDiagnosticMessageText(failed.messageText, ' '));
  const code = await readFile(join(root, 'out/bundle.lua'), 'utf8');
  return `local function load(...)\n${code.replaceAll('.ts"', '"')}\nend\nlocal module = load()\nfunction start() return module.run() end\nfunction compute(base) return base end\n`;
}
