import ts from 'typescript';
import { isCode, NEVER_CODE } from './code-statement.ts';
import { LINE, type LiveStatements } from './live-statements.ts';
import { isJson, type Links } from './ts-links.ts';

export interface Liveness {
  /** The outermost statements that need no Lua. */
  dead: ReadonlySet<ts.Node>;
  /** Brought back for their names only: rollup found that running them has no effect. */
  revived: ReadonlySet<ts.Node>;
}

/**
 * The outermost statements that need no Lua. Rollup says which statements survived; whatever surviving code
 * still refers to by name is then revived until nothing changes, because rollup inlines constants and merges names.
 */
export function findDeadStatements(program: ts.Program, live: LiveStatements, links: Links): Liveness {
  const checker = program.getTypeChecker();
  const dead = new Set<ts.Node>();
  const revived = new Set<ts.Node>();
  const files = program.getSourceFiles().filter((file) => !file.isDeclarationFile && !isJson(file));

  const mark = (file: ts.SourceFile) => {
    const known = live.get(file.fileName);
    const visit = (node: ts.Node): void => {
      if (isCode(node) && !isLive(node, file, known)) dead.add(node);
      else ts.forEachChild(node, visit);
    };
    visit(file);
  };
  files.forEach(mark);

  const queue: ts.Node[] = [...files];
  const revive = (node: ts.Node) => {
    for (let at: ts.Node | undefined = node; at; at = at.parent) {
      if (!dead.delete(at)) continue;
      queue.push(at);
      revived.add(at);
    }
  };
  const reviveDeclarations = (symbol: ts.Symbol, from: ts.Node) => {
    for (const declaration of symbol.declarations ?? []) {
      const statement = owner(declaration);
      if (statement && dead.has(statement) && !contains(statement, from)) revive(statement);
    }
  };
  const visitReferences = (root: ts.Node) => {
    const visit = (node: ts.Node): void => {
      if (node !== root && dead.has(node)) return;
      if (ts.isTypeNode(node) || NEVER_CODE.has(node.kind)) return;
      if (ts.isIdentifier(node)) {
        const symbol = ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node
          ? checker.getShorthandAssignmentValueSymbol(node.parent)
          : checker.getSymbolAtLocation(node);
        if (symbol) {
          const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
          reviveDeclarations(target, node);
          const exposing = target === symbol ? undefined : links.exposing(target);
          if (exposing && dead.has(exposing)) revive(exposing);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(root);
  };
  for (let next = queue.pop(); next; next = queue.pop()) visitReferences(next);
  return { dead, revived };
}

/** A statement that esbuild wrote elsewhere lives when something in it does, or when nothing is known of it. */
function isLive(node: ts.Statement, file: ts.SourceFile, known: ReadonlyMap<number, boolean> | undefined): boolean {
  if (!known) return false;
  const start = keyOf(file, node.getStart(file));
  const own = known.get(start);
  if (own !== undefined) return own;
  const end = keyOf(file, node.end);
  const inside = [...known].filter(([key]) => key >= start && key < end);
  return inside.length === 0 || inside.some(([, isKept]) => isKept);
}

function keyOf(file: ts.SourceFile, position: number): number {
  const { line, character } = file.getLineAndCharacterOfPosition(position);
  return line * LINE + character;
}

function owner(node: ts.Node): ts.Node | undefined {
  for (let at: ts.Node | undefined = node; at; at = at.parent) if (ts.isStatement(at) && !ts.isBlock(at)) return at;
  return undefined;
}

function contains(outer: ts.Node, inner: ts.Node): boolean {
  for (let at: ts.Node | undefined = inner; at; at = at.parent) if (at === outer) return true;
  return false;
}

/** Whether anything of a file is left to compile. */
export function hasLiveCode(file: ts.SourceFile, dead: ReadonlySet<ts.Node>): boolean {
  return file.statements.some((statement) => isCode(statement) && !dead.has(statement) && !ts.isEmptyStatement(statement));
}
