export { applyFixes, type Fix, type TextEdit } from './fix.ts';
export { fixSources } from './fix-sources.ts';
export type { LintFinding } from './lint-file.ts';
export type { LintProgramInput } from './lint-program.ts';
export { lintSources, type LintFilesInput } from './lint-sources.ts';
export type { Complaint, LintLevel, LintRule, RuleContext } from './rule.ts';
export { lintRules } from './rules/index.ts';
