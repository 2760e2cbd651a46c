import ts from 'typescript';
import type { Bundle } from './bundle.ts';
import type { EmittedLua } from './emitted-files.ts';
import { faultOf, type Finding } from './finding.ts';
import { isJson } from './liveness/module-graph.ts';
import type { LinkMemory } from './link-memory.ts';
import { createProgram, ownSources, syntaxErrors, typeErrors, type ParsedSources, type ProgramInput } from './ts-program.ts';
import { selfMarks } from './without-self.ts';

/** What one build of an entry leaves for the next. Never on disk. */
export interface WarmProgram {
  /** What programs of other entries with the same options know, too. */
  shared: SharedSources;
  program?: ts.Program;
  linked?: LinkMemory;
  /** What the program was linked to. */
  bundle?: { key: string; value: Bundle };
}

/** Sources, and what was found out about each with types: the same in every program that has the same global names. */
export interface SharedSources {
  parsed: ParsedSources;
  facts: Map<string, SourceFacts>;
  /** Grows with each build of a bundler: what was found in this one is not stale. */
  generation: number;
}

export const sharedSources = (): SharedSources => ({ parsed: new Map(), facts: new Map(), generation: 0 });

/** Of one source, by path and the names of those that add global names. */
export interface SourceFacts {
  file: ts.SourceFile;
  generation: number;
  errors?: readonly Finding[];
  /** By where its dead statements begin. */
  emitted: Map<string, EmittedLua>;
}

export interface CheckedProgram {
  program: ts.Program;
  factsOf(file: ts.SourceFile): SourceFacts;
}

/**
 * The typed program of an entry, without errors. Facts of a source are forgotten when it, or the types of something that
 * it imports, have changed since the build before.
 * @throws Fault `bundler/syntax-error`, `bundler/type-error`, `bundler/unresolved-import`
 */
export function checkedProgram(input: ProgramInput, warm: WarmProgram): CheckedProgram {
  const { program: before, shared: { parsed, facts, generation } } = warm;
  const program = createProgram(input, parsed, before);
  const globals = program.getSourceFiles().filter(addsGlobals).map(({ fileName }) => fileName).join();
  const keyOf = (fileName: string) => `${fileName}\0${globals}`;
  for (const fileName of before ? affected(before, program, input) : []) {
    if (facts.get(keyOf(fileName))?.generation !== generation) facts.delete(keyOf(fileName));
  }
  warm.program = program;
  const factsOf = (file: ts.SourceFile): SourceFacts => {
    const known = facts.get(keyOf(file.fileName));
    if (known?.file === file) return known;
    const fresh: SourceFacts = { file, generation, emitted: new Map() };
    facts.set(keyOf(file.fileName), fresh);
    return fresh;
  };
  const own = ownSources(program, input);
  const broken = own.flatMap((file) => syntaxErrors(program, file, input.root));
  // Types of what does not parse are guesses.
  if (broken.length > 0) throw faultOf(broken);
  const errors = own.flatMap((file) => (factsOf(file).errors ??= typeErrors(program, file, input.root)));
  if (errors.length > 0) throw faultOf(errors);
  return { program, factsOf };
}

/** A script, or a module with `declare global` or `declare module` in it. */
function addsGlobals(file: ts.SourceFile): boolean {
  const augmentations = (file as ts.SourceFile & { moduleAugmentations?: readonly unknown[] }).moduleAugmentations ?? [];
  return !file.hasNoDefaultLib && !isJson(file) && (augmentations.length > 0 || !ts.isExternalModule(file));
}

/** Changed files, and those that import, at any distance, one whose declarations have changed. */
function affected(before: ts.Program, after: ts.Program, input: ProgramInput): Iterable<string> {
  const names = new Set(after.getSourceFiles().map(({ fileName }) => fileName));
  const changed = after.getSourceFiles().filter((file) => before.getSourceFile(file.fileName) !== file);
  const gone = before.getSourceFiles().some(({ fileName }) => !names.has(fileName));
  // Something appears or disappears: names may mean something else anywhere.
  if (gone || changed.some((file) => before.getSourceFile(file.fileName) === undefined || file.isDeclarationFile || !(isJson(file) || ts.isExternalModule(file)))) return names;
  const found = new Set(changed.map(({ fileName }) => fileName));
  const queue = changed.filter((file) => shapeOf(before, before.getSourceFile(file.fileName)) !== shapeOf(after, file)).map(({ fileName }) => fileName);
  if (queue.length === 0) return found;
  const importers = importersOf(after, input);
  const seen = new Set(queue);
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const importer of importers.get(file) ?? []) {
      if (seen.has(importer)) continue;
      seen.add(importer);
      found.add(importer);
      queue.push(importer);
    }
  }
  return found;
}

/** What other files can see of one: its declarations, and which of its methods take no hidden `self`. */
function shapeOf(program: ts.Program, file: ts.SourceFile | undefined): string | undefined {
  if (!file || isJson(file)) return file?.text;
  let text: string | undefined;
  const emit = program.emit as (file: ts.SourceFile, write: ts.WriteFileCallback, token: undefined, declarations: boolean, transformers: undefined, force: boolean) => ts.EmitResult;
  emit(file, (_name, declarations) => { text = declarations; }, undefined, true, undefined, true);
  return text === undefined ? undefined : `${text}\0${selfMarks(file)}`;
}

function importersOf(program: ts.Program, { resolver, virtual }: ProgramInput): ReadonlyMap<string, readonly string[]> {
  const importers = new Map<string, string[]>();
  for (const file of program.getSourceFiles()) {
    for (const { text } of (file as ts.SourceFile & { imports?: readonly ts.StringLiteralLike[] }).imports ?? []) {
      const target = virtual.has(text) ? text : resolver.resolve(text, file.fileName);
      if (target !== undefined) importers.set(target, [...(importers.get(target) ?? []), file.fileName]);
    }
  }
  return importers;
}
