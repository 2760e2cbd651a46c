import ts from 'typescript';
import type { Finding } from '../finding.ts';
import { directivesOf, silences, type Directive } from './directive.ts';
import type { Fix } from './fix.ts';
import type { LintLevel, LintRule, RuleContext } from './rule.ts';
import { lintRules } from './rules/index.ts';

/** A finding of the lint: what every finding says, and how it can be mended. */
export interface LintFinding extends Finding {
  rule: string;
  level: LintLevel;
  hint: string;
  /** As named by the caller. */
  file: string;
  /** The source's absolute path. */
  path: string;
  line: number;
  column: number;
  /** Characters of the source, from 0; `end` is exclusive. */
  start: number;
  end: number;
  fix?: Fix;
}

export interface LintFileInput {
  file: ts.SourceFile;
  checker: ts.TypeChecker;
  /** What findings call the file. */
  name: string;
  /** @default all */
  rules?: readonly LintRule[];
  /** Code that doesn't get into the bundle is left out. @default none is dead */
  isDead?: ((node: ts.Node) => boolean) | undefined;
}

/** All findings of one source of a typed program, in order of place. Comments that silence a rule must give a reason. */
export function lintFile({ file, checker, name, rules = lintRules, isDead }: LintFileInput): LintFinding[] {
  const directives = directivesOf(file.text);
  const used = new Set<Directive>();
  const findings: LintFinding[] = [];
  const byKind = dispatch(rules);
  let current: LintRule | undefined;

  const add = (rule: string, level: LintLevel, start: number, end: number, message: string, hint: string, fix?: Fix) => {
    const { line, character } = file.getLineAndCharacterOfPosition(start);
    const silencer = directives.find((directive) => silences(directive, rule, line));
    if (silencer) return void used.add(silencer);
    findings.push({ code: `determinism/${rule}`, rule, level, message, hint, file: name, path: file.fileName, line: line + 1, column: character + 1, start, end, ...(fix && { fix }) });
  };
  const context: RuleContext = {
    checker, file,
    report(node, { message, hint, fix, level }) {
      if (current) add(current.name, level ?? current.level, node.getStart(file), node.end, message, hint, fix);
    },
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || isDead?.(node) === true || isAmbient(node)) return;
    for (current of byKind.get(node.kind) ?? []) current.check(node, context);
    ts.forEachChild(node, visit);
  };
  visit(file);
  for (const directive of directives) {
    const problem = problemOf(directive, used.has(directive) || isDead !== undefined || rules !== lintRules);
    const start = file.getPositionOfLineAndCharacter(directive.line, 0);
    if (problem) add('directive', 'warning', start, start + (file.text.slice(start).split('\n')[0] ?? '').length, problem, 'Write: // beamline-disable-next-line <rule>: why it is right here.');
  }
  return findings.sort((a, b) => a.start - b.start || (a.rule < b.rule ? -1 : 1));
}

function dispatch(rules: readonly LintRule[]): ReadonlyMap<ts.SyntaxKind, readonly LintRule[]> {
  const byKind = new Map<ts.SyntaxKind, LintRule[]>();
  for (const rule of rules) for (const kind of rule.kinds) byKind.set(kind, [...(byKind.get(kind) ?? []), rule]);
  return byKind;
}

function isAmbient(node: ts.Node): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword);
}

function problemOf({ rules, reason }: Directive, isUsed: boolean): string | undefined {
  const unknown = rules.find((rule) => !lintRules.some(({ name }) => name === rule));
  if (rules.length === 0) return 'this comment names no rule';
  if (unknown !== undefined) return `there is no rule ${unknown}`;
  if (reason === '') return 'a rule is silenced without a reason';
  return isUsed ? undefined : 'this comment silences nothing';
}
