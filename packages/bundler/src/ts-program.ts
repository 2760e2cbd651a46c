import ts from 'typescript';
import * as tstl from 'typescript-to-lua';
import type { Finding } from './finding.ts';
import { relativeTo } from './root-path.ts';
import type { ModuleResolver } from './module-resolver.ts';
import { spellPatterns } from './short-fields.ts';
import { removeImplicitSelf } from './without-self.ts';

export interface ProgramInput {
  entry: string;
  root: string;
  resolver: ModuleResolver;
  virtual: ReadonlyMap<string, string>;
}

/** Parsed sources by path, with the hash of the text they were parsed from. Programs share them. */
export type ParsedSources = Map<string, { hash: string; file: ts.SourceFile }>;

/** The standard library does not change while a process runs: parsed once. */
const library = new Map<string, ts.SourceFile | undefined>();

/** The typed program that TypeScriptToLua compiles. Virtual modules are part of it. What did not change since `before` is kept. */
export function createProgram({ entry, resolver, virtual }: ProgramInput, parsed: ParsedSources = new Map(), before?: ts.Program): ts.Program {
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
  const { getSourceFile } = host;
  const libraries = host.getDefaultLibLocation?.() ?? '';
  const { files } = resolver;
  host.fileExists = (file) => virtual.has(file) || files.kind(file) === 'file';
  host.readFile = (file) => virtual.get(file) ?? files.read(file);
  host.getSourceFile = (file, language) => {
    if (file.startsWith(`${libraries}/`)) {
      if (!library.has(file)) library.set(file, getSourceFile(file, language));
      return library.get(file);
    }
    const text = virtual.get(file) ?? files.read(file);
    if (text === undefined) return undefined;
    const hash = virtual.get(file) ?? files.hash(file) ?? '';
    const known = parsed.get(file);
    if (known?.hash === hash) return known.file;
    const source = ts.createSourceFile(file, text, language, virtual.has(file));
    if (!source.isDeclarationFile) spellPatterns(removeImplicitSelf(source));
    parsed.set(file, { hash, file: source });
    return source;
  };
  host.resolveModuleNameLiterals = (literals, importer) => literals.map(({ text }) => {
    const file = moduleFile(text, importer, { virtual, resolver });
    if (file === undefined) return { resolvedModule: undefined };
    const extension = file.endsWith('.d.ts') ? '.d.ts' : file.slice(file.lastIndexOf('.'));
    return { resolvedModule: { resolvedFileName: file, extension, isExternalLibraryImport: false } };
  });
  return ts.createProgram([entry], options as ts.CompilerOptions, host, before);
}

/** The file that an import leads to. */
export function moduleFile(specifier: string, importer: string, { virtual, resolver }: Pick<ProgramInput, 'virtual' | 'resolver'>): string | undefined {
  return virtual.has(specifier) ? specifier : resolver.resolve(specifier, importer);
}

/** Allowed because nothing is emitted as JavaScript: imports carry `.ts` for Node. */
const IGNORED = new Set([5096, 5097]);

/** The sources of the entry's own package. Libraries check themselves, and hold code for other targets that doesn't type-check here. */
export function ownSources(program: ts.Program, { entry, resolver }: Pick<ProgramInput, 'entry' | 'resolver'>): ts.SourceFile[] {
  const home = resolver.packageOf(entry);
  return program.getSourceFiles().filter((file) => !file.isDeclarationFile && resolver.packageOf(file.fileName) === home);
}

export function syntaxErrors(program: ts.Program, file: ts.SourceFile, root: string): Finding[] {
  return program.getSyntacticDiagnostics(file).map((diagnostic) => diagnosticFinding(diagnostic, root, 'bundler/syntax-error'));
}

export function typeErrors(program: ts.Program, file: ts.SourceFile, root: string): Finding[] {
  return program.getSemanticDiagnostics(file)
    .filter(({ category, code }) => category === ts.DiagnosticCategory.Error && !IGNORED.has(code))
    .map((diagnostic) => diagnosticFinding(diagnostic, root, UNRESOLVED.has(diagnostic.code) ? 'bundler/unresolved-import' : 'bundler/type-error'));
}

/** No such module, no such export, no default export. */
const UNRESOLVED = new Set([1192, 2305, 2307, 2613, 2614, 2724, 2732, 2792]);

export function diagnosticFinding(diagnostic: ts.Diagnostic, root: string, code: Finding['code']): Finding {
  const place = diagnostic.file && diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
  return {
    code,
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, ' '),
    ...(code === 'bundler/unresolved-import' && { hint: 'Check the path, or install the package and list it in package.json.' }),
    ...(diagnostic.file && { file: relativeTo(root, diagnostic.file.fileName) }),
    ...(place && { line: place.line + 1, column: place.character + 1 }),
  };
}
