import ts from 'typescript';
import * as tstl from 'typescript-to-lua';
import type { Finding } from './finding.ts';
import { namedComparatorVisitor } from './named-comparator.ts';
import { patternLengths } from './pattern-length.ts';
import { refusal } from './refusal.ts';
import { diagnosticFinding } from './ts-program.ts';
import { shortFields } from './short-fields.ts';
import { undefinedTests } from './undefined-tests.ts';

/** One file's Lua as TypeScriptToLua printed it; imports are gone, exports are fields of `____exports`. */
export interface EmittedFile {
  file: string;
  code: string;
  /** Source map (JSON) from the Lua to the TypeScript. */
  map: string;
}

export interface EmitInput {
  program: ts.Program;
  files: readonly ts.SourceFile[];
  dead: ReadonlySet<ts.Node>;
  define: Readonly<Record<string, string>>;
  visitors: tstl.Visitors;
  root: string;
}

const SKIPPABLE = [
  ts.SyntaxKind.VariableStatement, ts.SyntaxKind.FunctionDeclaration, ts.SyntaxKind.ClassDeclaration, ts.SyntaxKind.EnumDeclaration,
  ts.SyntaxKind.ExpressionStatement, ts.SyntaxKind.IfStatement, ts.SyntaxKind.ForStatement, ts.SyntaxKind.ForOfStatement,
  ts.SyntaxKind.ForInStatement, ts.SyntaxKind.WhileStatement, ts.SyntaxKind.DoStatement, ts.SyntaxKind.ReturnStatement,
  ts.SyntaxKind.ThrowStatement, ts.SyntaxKind.TryStatement, ts.SyntaxKind.SwitchStatement, ts.SyntaxKind.ExportAssignment,
  ts.SyntaxKind.LabeledStatement, ts.SyntaxKind.BreakStatement,
];

/** Compiles the live statements of `files` to Lua 5.3 without `goto`. */
export function emitLua({ program, files, dead, define, visitors, root }: EmitInput): { emitted: EmittedFile[]; findings: Finding[]; warnings: Finding[] } {
  const emitted: EmittedFile[] = [];
  const own: tstl.Visitors = { ...skipDead(dead), ...defineVisitor(define), ...withoutGoto, ...undefinedTests, ...shortFields, ...visitors };
  const { diagnostics } = new tstl.Transpiler().emit({
    program,
    sourceFiles: [...files],
    plugins: [{ visitors: namedComparatorVisitor }, { visitors: patternLengths }, {
      visitors: own,
      afterPrint: (_program, _options, _host, results) => {
        for (const { fileName, code, sourceMap } of results) emitted.push({ file: fileName, code, map: sourceMap ?? '' });
      },
    }],
    writeFile: () => undefined,
  });
  const findings: Finding[] = [];
  const warnings: Finding[] = [];
  for (const diagnostic of diagnostics) {
    const finding = diagnosticFinding(diagnostic, root, 'bundler/unsupported');
    (diagnostic.category === ts.DiagnosticCategory.Error ? findings : warnings).push(finding);
  }
  return { emitted, findings, warnings };
}

function skipDead(dead: ReadonlySet<ts.Node>): tstl.Visitors {
  const transform = (node: ts.Node, context: tstl.TransformationContext) =>
    dead.has(ts.getOriginalNode(node)) ? [] : context.superTransformStatements(node as ts.Statement);
  const visitors: Record<number, unknown> = Object.fromEntries(SKIPPABLE.map((kind) => [kind, { transform, priority: 100 }]));
  // The linker binds imported names itself, through barrels, to the declaring file.
  visitors[ts.SyntaxKind.ImportDeclaration] = () => [];
  visitors[ts.SyntaxKind.ExportDeclaration] = (node: ts.ExportDeclaration, context: tstl.TransformationContext) =>
    node.moduleSpecifier ? [] : context.superTransformStatements(node);
  // TypeScriptToLua has no visitor for labels, and would end with an error of its own.
  visitors[ts.SyntaxKind.LabeledStatement] = (node: ts.LabeledStatement, context: tstl.TransformationContext) => {
    if (!dead.has(ts.getOriginalNode(node))) context.diagnostics.push(refusal(node, 'labels are unsupported: move the inner loop to a function and return from it'));
    return [];
  };
  return visitors as tstl.Visitors;
}

/** Declared constants that the build fixes (`declare const DEBUG: boolean`). */
function defineVisitor(define: Readonly<Record<string, string>>): tstl.Visitors {
  if (Object.keys(define).length === 0) return {};
  return {
    [ts.SyntaxKind.Identifier]: (node: ts.Identifier, context: tstl.TransformationContext) => {
      const value = Object.hasOwn(define, node.text) ? define[node.text] : undefined;
      const symbol = value === undefined ? undefined : context.checker.getSymbolAtLocation(node);
      const ambient = symbol?.declarations?.every((declaration) => (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Ambient) !== 0);
      if (value === undefined || !ambient) return context.superTransformExpression(node);
      const constant: unknown = JSON.parse(value);
      if (typeof constant === 'boolean') return tstl.createBooleanLiteral(constant);
      if (typeof constant === 'number') return tstl.createNumericLiteral(constant);
      return tstl.createStringLiteral(String(constant));
    },
  };
}

/** Luerl's compiler crashes on goto; for the universal target `continue` becomes a broken-off `repeat`. */
const withoutGoto: tstl.Visitors = {
  [ts.SyntaxKind.ContinueStatement]: (node: ts.ContinueStatement, context: tstl.TransformationContext) => {
    const mutable = context as { luaTarget: tstl.LuaTarget };
    const target = mutable.luaTarget;
    mutable.luaTarget = tstl.LuaTarget.Universal;
    try {
      return context.superTransformStatements(node);
    } finally {
      mutable.luaTarget = target;
    }
  },
};
