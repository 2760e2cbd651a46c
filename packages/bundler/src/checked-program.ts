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
  /** By the names of sources that add global names, then by path. */
  facts: Map<string, Map<string, SourceFacts>>;
  /** Grows with each build of a bundler: what was found in this one is not stale. */
  generation: number;
}

export const sharedSources = (): SharedSources => ({ parsed: new Map(), facts: new Map(), generation: 0 });

/** Of one source, among certain global names. */
export interface SourceFacts {
  file: ts.SourceFile;
  generation: number;
  errors?: readonly Finding[];
  /** What other files can see of it. */
  shape?: string | undefined;
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
  const { program: before, shared: { parsed, facts: known, generation } } = warm;
  const program = createProgram(input, parsed, before);
  const globals = program.getSourceFiles().filter(addsGlobals).map(({ fileName }) => fileName).join();
  const facts = known.get(globals) ?? new Map<string, SourceFacts>();
  known.set(globals, facts);
  const factsOf = (file: ts.SourceFile): SourceFacts => {
    const found = facts.get(file.fileName);
    if (found?.file === file) return found;
    const fresh: SourceFacts = { file, generation, emitted: new Map() };
    facts.set(file.fileName, fresh);
    return fresh;
  };
  if (before) {
    const shapes = new Map<ts.SourceFile, string | undefined>();
    const shapeBefore = (file: ts.SourceFile) => {
      const found = facts.get(file.fileName);
      return found?.file === file && found.shape !== undefined ? found.shape : shapeOf(before, file);
    };
    const shapeNow = (file: ts.SourceFile) => {
      shapes.set(file, shapeOf(program, file));
      return shapes.get(file);
    };
    for (const fileName of affected(before, program, input, (old, file) => old !== undefined && shapeBefore(old) === shapeNow(file))) {
      if (facts.get(fileName)?.generation !== generation) facts.delete(fileName);
    }
    for (const [file, shape] of shapes) factsOf(file).shape = shape;
  }
  warm.program = program;
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
function affected(before: ts.Program, after: ts.Program, input: ProgramInput, looksSame: (old: ts.SourceFile | undefined, file: ts.SourceFile) => boolean): Iterable<string> {
  const names = new Set(after.getSourceFiles().map(({ fileName }) => fileName));
  const changed = after.getSourceFiles().filter((file) => before.getSourceFile(file.fileName) !== file);
  const gone = before.getSourceFiles().some(({ fileName }) => !names.has(fileName));
  // Something appears or disappears: names may mean something else anywhere.
  if (gone || changed.some((file) => before.getSourceFile(file.fileName) === undefined || file.isDeclarationFile || !(isJson(file) || ts.isExternalModule(file)))) return names;
  const found = new Set(changed.map(({ fileName }) => fileName));
  const queue = changed.filter((file) => !looksSame(before.getSourceFile(file.fileName), file)).map(({ fileName }) => fileName);
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
function shapeOf(program: ts.Program, file: ts.SourceFile): string | undefined {
  if (isJson(file)) return file.text;
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
