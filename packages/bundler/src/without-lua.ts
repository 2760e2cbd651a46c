import ts from 'typescript';
import type { Finding } from './finding.ts';
import { lintFile } from './lint/lint-file.ts';
import { hostApi } from './lint/rules/host-api.ts';
import type { LiveProgram } from './liveness/live-program.ts';
import { relativeTo } from './root-path.ts';
import { emitLua } from './tstl-emit.ts';

export interface WholeProgramInput {
  program: ts.Program;
  needed: LiveProgram;
  /** All that an import reaches, without JSON. */
  files: readonly ts.SourceFile[];
  define: Readonly<Record<string, string>>;
  root: string;
}

/** A program as it is without shrinking: nothing is dead but what has no Lua. */
export function wholeProgram({ program, needed, files, define, root }: WholeProgramInput): LiveProgram {
  const refused = emitLua({ program, files, dead: new Set(), define, root, visitors: {} }).findings;
  const dead = findWithoutLua({ program, files, dead: needed.dead, refused, root });
  return { ...needed, dead, removable: new Set(), deadIn: (file) => [...dead].filter((node) => node.getSourceFile() === file).map(({ pos }) => pos) };
}

interface WithoutLuaInput {
  program: ts.Program;
  files: readonly ts.SourceFile[];
  /** The outermost statements that nothing needs. */
  dead: ReadonlySet<ts.Node>;
  /** What the compiler refused when it was given everything. */
  refused: readonly Finding[];
  root: string;
}

/**
 * The dead statements that have no Lua: what the compiler refuses, what names a part of JavaScript that Lua lacks, and what
 * needs one of those. Everything else of a program can be compiled whether it is needed or not.
 */
function findWithoutLua({ program, files, dead, refused, root }: WithoutLuaInput): ReadonlySet<ts.Node> {
  const checker = program.getTypeChecker();
  const missing = new Set<ts.Node>();
  const mentions = new Map<ts.Node, ReadonlySet<ts.Node>>();
  const deadOwner = (node: ts.Node): ts.Node | undefined => {
    for (let at: ts.Node | undefined = node; at; at = at.parent) if (dead.has(at)) return at;
    return undefined;
  };
  const mentionedBy = (statement: ts.Node): ReadonlySet<ts.Node> => {
    const found = new Set<ts.Node>();
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) {
        const symbol = ts.isShorthandPropertyAssignment(node.parent) ? checker.getShorthandAssignmentValueSymbol(node.parent) : checker.getSymbolAtLocation(node);
        const target = symbol && (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
        for (const declaration of target?.declarations ?? []) {
          const owner = deadOwner(declaration);
          if (owner && owner !== statement) found.add(owner);
        }
      }
      if (!ts.isTypeNode(node)) ts.forEachChild(node, visit);
    };
    visit(statement);
    return found;
  };

  for (const file of files) {
    const name = relativeTo(root, file.fileName);
    const places = [...refused.filter((finding) => finding.file === name), ...lintFile({ file, checker, name, rules: [hostApi] })];
    const positions = places.map(({ line = 1, column = 1 }) => file.getPositionOfLineAndCharacter(line - 1, column - 1));
    const visit = (node: ts.Node): void => {
      if (!dead.has(node)) return ts.forEachChild(node, visit);
      mentions.set(node, mentionedBy(node));
      if (positions.some((at) => at >= node.getStart(file) && at < node.end)) missing.add(node);
    };
    visit(file);
  }
  for (let before = -1; before !== missing.size;) {
    before = missing.size;
    for (const [statement, named] of mentions) if ([...named].some((other) => missing.has(other))) missing.add(statement);
  }
  return missing;
}
