import type ts from 'typescript';
import type { Fix } from './fix.ts';

/** `warning`: differs between engines, or fails on one. `advice`: may, or costs more than it seems to. */
export type LintLevel = 'warning' | 'advice';

/** What a rule says of a node. */
export interface Complaint {
  message: string;
  hint: string;
  /** Absent: a person must decide. */
  fix?: Fix | undefined;
  /** @default the rule's */
  level?: LintLevel;
}

export interface RuleContext {
  checker: ts.TypeChecker;
  file: ts.SourceFile;
  report(node: ts.Node, complaint: Complaint): void;
}

/** One thing that does not behave the same everywhere. Rules keep no state: `check` is called for each node of `kinds`. */
export interface LintRule {
  /** `determinism/<name>` is its code, `docs/determinism/<name>.md` its page. */
  name: string;
  /** One line, as the list of rules shows it. */
  summary: string;
  level: LintLevel;
  kinds: readonly ts.SyntaxKind[];
  check(node: ts.Node, context: RuleContext): void;
}
