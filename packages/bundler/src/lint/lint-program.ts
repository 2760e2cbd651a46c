import ts from 'typescript';
import { relativeTo } from '../root-path.ts';
import { lintFile, type LintFinding } from './lint-file.ts';
import type { LintRule } from './rule.ts';

export interface LintProgramInput {
  program: ts.Program;
  /** Only these; the others are there for their types. @default all that are neither declarations nor packages */
  files?: readonly ts.SourceFile[];
  /** Findings name files relative to it. */
  root: string;
  rules?: readonly LintRule[];
  isDead?: (node: ts.Node) => boolean;
}

/** Findings of a typed program, by file, then by place. */
export function lintProgram({ program, files = gameFiles(program), root, rules, isDead }: LintProgramInput): LintFinding[] {
  const checker = program.getTypeChecker();
  return files.flatMap((file) => lintFile({ file, checker, name: relativeTo(root, file.fileName), ...(rules && { rules }), isDead }));
}

function gameFiles(program: ts.Program): ts.SourceFile[] {
  return program.getSourceFiles().filter((file) => !file.isDeclarationFile && (file.flags & ts.NodeFlags.JsonFile) === 0 && !/[/]node_modules[/]/.test(file.fileName));
}
