import ts from 'typescript';
import { codeOf } from '../code-statement.ts';
import { changedVariable, codePart, type CodePart, type Write } from './code-part.ts';
import { createEvaluator } from './constants.ts';
import { createEffects } from './effects.ts';
import { isJson, type ModuleGraph, type Place } from './module-graph.ts';
import { moduleTable } from './module-table.ts';

export interface LivenessInput {
  program: ts.Program;
  graph: ModuleGraph;
  /** Runs, and all it exports is used. */
  entry: ts.SourceFile;
  /** False for modules that vanish when none of their exports is used. */
  hasSideEffects(file: string): boolean;
  define: Readonly<Record<string, string>>;
}

export interface Liveness {
  /** The outermost statements that need no Lua. */
  dead: ReadonlySet<ts.Node>;
  /** Live for their names only: running them has no effect. */
  removable: ReadonlySet<ts.Node>;
  /** Where dead statements of a file begin. */
  deadIn(file: ts.SourceFile): readonly number[];
}

/**
 * Which statements a program needs, from its entry: those with effects in modules that run, and whatever the code among
 * them names. Branches that a constant condition never takes, and changes of variables that nothing reads, need nothing.
 * What live code names is live, always: the names of an expression count whatever its value.
 */
export function findLiveCode({ program, graph, entry, hasSideEffects, define }: LivenessInput): Liveness {
  const evaluate = createEvaluator(graph, define);
  const effects = createEffects(graph);
  const running = new Set<ts.SourceFile>();
  const live = new Set<ts.Node>();
  const reached = new Set<Place>();
  const waiting = new Map<Place, CodePart[]>();
  const queue: CodePart[] = [];
  const removable = new Set<ts.Node>();
  const own = new Map<Write, boolean>();

  const activate = (part: CodePart) => {
    if (live.has(part.node)) return;
    live.add(part.node);
    queue.push(part);
  };
  const reach = (place: Place): void => {
    if (reached.has(place)) return;
    reached.add(place);
    const { file, name } = place;
    run(file);
    if (name === '*') return reachExports(file);
    for (const statement of graph.declarations(place)) {
      if (!isJson(file)) activate(codePart(statement));
      if (effects.isPureDeclaration(statement)) removable.add(statement);
    }
    for (const part of waiting.get(place) ?? []) activate(part);
    waiting.delete(place);
  };
  const reachExports = (file: ts.SourceFile): void => {
    for (const name of graph.exportNames(file)) {
      const place = graph.exported(file, name);
      if (place) reach(place);
    }
  };
  const reachName = (file: ts.SourceFile, text: string): void => {
    const dot = text.indexOf('.');
    const place = graph.place(file, dot < 0 ? text : text.slice(0, dot));
    if (!place) return;
    const property = place.name === '*' && dot >= 0 ? graph.exported(place.file, text.slice(dot + 1)) : undefined;
    run(place.file);
    reach(property ?? place);
  };
  /** A change of a variable counts once the variable is read; `false` where it is more than that. */
  const hold = (file: ts.SourceFile, write: Write): boolean => {
    if (!own.has(write)) own.set(write, effects.isOwnChange(write.node.expression));
    const place = own.get(write) ? graph.place(file, write.target) : undefined;
    if (!place) return false;
    if (reached.has(place)) activate(write.part);
    else waiting.set(place, [...(waiting.get(place) ?? []), write.part]);
    return true;
  };
  const run = (file: ts.SourceFile): void => {
    if (running.has(file) || isJson(file)) return;
    running.add(file);
    for (const statement of codeOf(file)) {
      if (effects.isPureDeclaration(statement)) continue;
      const target = ts.isExpressionStatement(statement) ? changedVariable(statement.expression) : undefined;
      const held = target !== undefined && ts.isExpressionStatement(statement) && hold(file, { node: statement, target, part: codePart(statement) });
      if (!held) activate(codePart(statement));
    }
    const used = namesUsed(file);
    for (const { specifier, names } of moduleTable(file).dependencies) {
      const next = graph.target(specifier, file);
      // An import of types alone is no import.
      if (next && hasSideEffects(next.fileName) && (names === undefined || names.some((name) => used.has(name)))) run(next);
    }
  };

  run(entry);
  reachExports(entry);
  for (let part = queue.pop(); part; part = queue.pop()) {
    const file = part.node.getSourceFile();
    for (const name of part.names) reachName(file, name);
    for (const { node, taken, otherwise } of part.branches) {
      const value = evaluate(node.expression);
      if (value === undefined || value) activate(taken);
      if (otherwise && (value === undefined || !value)) activate(otherwise);
    }
    for (const write of part.writes) if (!hold(file, write)) activate(write.part);
  }

  const dead = new Set<ts.Node>();
  const places = new Map<ts.SourceFile, readonly number[]>();
  for (const file of program.getSourceFiles()) {
    if (file.isDeclarationFile || isJson(file)) continue;
    const found = new Set<ts.Node>();
    for (const statement of codeOf(file)) collectDead(codePart(statement), live, found);
    for (const node of found) dead.add(node);
    places.set(file, [...found].map(({ pos }) => pos));
  }
  return { dead, removable, deadIn: (file) => places.get(file) ?? [] };
}

/** Whether anything of a file is left to compile. */
export function hasLiveCode(file: ts.SourceFile, dead: ReadonlySet<ts.Node>): boolean {
  return codeOf(file).some((statement) => !dead.has(statement) && !ts.isEmptyStatement(statement));
}

/** The outermost dead statements of a part. */
function collectDead(part: CodePart, live: ReadonlySet<ts.Node>, dead: Set<ts.Node>): void {
  if (!live.has(part.node)) {
    if (ts.isBlock(part.node)) part.node.statements.forEach((statement) => dead.add(statement));
    else dead.add(part.node);
    return;
  }
  for (const { node, taken, otherwise } of part.branches) {
    if (!live.has(taken.node) && !otherwise) dead.add(node);
    else for (const branch of [taken, otherwise]) if (branch) collectDead(branch, live, dead);
  }
  for (const { part: inner } of part.writes) collectDead(inner, live, dead);
}

const used = new WeakMap<ts.SourceFile, ReadonlySet<string>>();

/** Outermost names that any code of a file names, dead or alive. */
function namesUsed(file: ts.SourceFile): ReadonlySet<string> {
  let known = used.get(file);
  if (!known) {
    const names = new Set<string>();
    const gather = (part: CodePart): void => {
      for (const name of part.names) names.add(name.split('.', 1)[0] ?? name);
      for (const { taken, otherwise } of part.branches) [taken, otherwise].forEach((branch) => branch && gather(branch));
      for (const { part: inner } of part.writes) gather(inner);
    };
    codeOf(file).forEach((statement) => gather(codePart(statement)));
    for (const name of moduleTable(file).exports.values()) if (typeof name === 'string') names.add(name);
    known = names;
    used.set(file, known);
  }
  return known;
}
