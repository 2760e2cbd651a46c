import ts from 'typescript';
import { isLiveBetween, LINE, type LivePositions } from './live-positions.ts';
import { isJson, type Links } from './ts-links.ts';

/** Statements that exist for types alone, or that the linker replaces. */
const NEVER_CODE = new Set([
  ts.SyntaxKind.ImportDeclaration, ts.SyntaxKind.ExportDeclaration, ts.SyntaxKind.InterfaceDeclaration, ts.SyntaxKind.TypeAliasDeclaration,
  ts.SyntaxKind.ModuleDeclaration,
]);

function isCode(node: ts.Node): node is ts.Statement {
  return ts.isStatement(node) && !ts.isBlock(node) && !NEVER_CODE.has(node.kind)
    && !(ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword));
}

/**
 * The outermost statements that need no Lua. Rollup's shaken chunk says which positions survived; whatever surviving code
 * still refers to by name is then revived until nothing changes, because rollup inlines constants and merges names.
 */
export function findDeadStatements(program: ts.Program, positions: LivePositions, links: Links): ReadonlySet<ts.Node> {
  const checker = program.getTypeChecker();
  const dead = new Set<ts.Node>();
  const files = program.getSourceFiles().filter((file) => !file.isDeclarationFile && !isJson(file));

  const mark = (file: ts.SourceFile) => {
    const key = (position: number) => {
      const { line, character } = file.getLineAndCharacterOfPosition(position);
      return line * LINE + character;
    };
    const visit = (node: ts.Node): void => {
      if (isCode(node) && !isLiveBetween(positions.get(file.fileName), key(node.getStart(file)), key(node.end))) dead.add(node);
      else ts.forEachChild(node, visit);
    };
    visit(file);
  };
  files.forEach(mark);

  const queue: ts.Node[] = [...files];
  const revive = (node: ts.Node) => {
    for (let at: ts.Node | undefined = node; at; at = at.parent) if (dead.delete(at)) queue.push(at);
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
  return dead;
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
