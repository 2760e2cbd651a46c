import ts from 'typescript';
import * as tstl from 'typescript-to-lua';
import type { Finding } from './finding.ts';
import { relativeTo } from './root-path.ts';
import type { ModuleResolver } from './module-resolver.ts';
import { removeImplicitSelf } from './without-self.ts';

export interface ProgramInput {
  entry: string;
  root: string;
  resolver: ModuleResolver;
  virtual: ReadonlyMap<string, string>;
}

/** Files of the standard library and packages don't change while a process runs: parsed once. */
const parsed = new Map<string, ts.SourceFile>();

/** The typed program that TypeScriptToLua compiles. Virtual modules are part of it. */
export function createProgram({ entry, resolver, virtual }: ProgramInput): ts.Program {
  const options: tstl.CompilerOptions = {
    ...resolver.options,
    lib: ['lib.es2024.d.ts'],
    types: [],
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    noEmit: false,
    outDir: '/virtual',
    rootDir: '/',
    sourceMap: true,
    luaTarget: tstl.LuaTarget.Lua53,
    luaLibImport: tstl.LuaLibImportKind.None,
    noImplicitSelf: true,
    noImplicitGlobalVariables: true,
    noHeader: true,
  };
  const host = ts.createCompilerHost(options as ts.CompilerOptions);
  const { getSourceFile, readFile, fileExists } = host;
  host.fileExists = (file) => virtual.has(file) || fileExists(file);
  host.readFile = (file) => virtual.get(file) ?? readFile(file);
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const source = virtual.get(file);
    if (source !== undefined) return ts.createSourceFile(file, source, languageVersion, true);
    if (!file.endsWith('.d.ts')) {
      const game = getSourceFile(file, languageVersion, ...rest);
      return game && removeImplicitSelf(game);
    }
    const known = parsed.get(file) ?? getSourceFile(file, languageVersion, ...rest);
    if (known) parsed.set(file, known);
    return known;
  };
  host.resolveModuleNameLiterals = (literals, importer) => literals.map(({ text }) => {
    const file = moduleFile(text, importer, { virtual, resolver });
    if (file === undefined) return { resolvedModule: undefined };
    const extension = file.endsWith('.d.ts') ? '.d.ts' : file.slice(file.lastIndexOf('.'));
    return { resolvedModule: { resolvedFileName: file, extension, isExternalLibraryImport: false } };
  });
  return ts.createProgram([entry], options as ts.CompilerOptions, host);
}

/** The file that an import leads to. */
export function moduleFile(specifier: string, importer: string, { virtual, resolver }: Pick<ProgramInput, 'virtual' | 'resolver'>): string | undefined {
  return virtual.has(specifier) ? specifier : resolver.resolve(specifier, importer);
}

/** Allowed because nothing is emitted as JavaScript: imports carry `.ts` for Node. */
const IGNORED = new Set([5096, 5097]);

/**
 * Type and syntax errors of the entry's own package. Libraries check themselves, and hold code for other targets that
 * doesn't type-check here.
 */
export function typeErrors(program: ts.Program, { entry, root, resolver }: ProgramInput): Finding[] {
  const home = resolver.packageOf(entry);
  const own = program.getSourceFiles().filter((file) => !file.isDeclarationFile && resolver.packageOf(file.fileName) === home);
  const broken = own.flatMap((file) => program.getSyntacticDiagnostics(file));
  // Types of what does not parse are guesses.
  return (broken.length > 0 ? broken : own.flatMap((file) => program.getSemanticDiagnostics(file)))
    .filter(({ category, code }) => category === ts.DiagnosticCategory.Error && !IGNORED.has(code))
    .map((diagnostic) => diagnosticFinding(diagnostic, root, codeOf(diagnostic)));
}

/** No such module, no such export, no default export. */
const UNRESOLVED = new Set([1192, 2305, 2307, 2613, 2614, 2724, 2732, 2792]);

function codeOf({ code, source }: ts.Diagnostic): Finding['code'] {
  if (UNRESOLVED.has(code)) return 'bundler/unresolved-import';
  // TypeScript's grammar errors are below 2000.
  return code < 2000 && source === undefined ? 'bundler/syntax-error' : 'bundler/type-error';
}

export function diagnosticFinding(diagnostic: ts.Diagnostic, root: string, code: Finding['code']): Finding {
  const place = diagnostic.file && diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
  return {
    code,
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, ' '),
    ...(diagnostic.file && { file: relativeTo(root, diagnostic.file.fileName) }),
    ...(place && { line: place.line + 1, column: place.character + 1 }),
  };
}
