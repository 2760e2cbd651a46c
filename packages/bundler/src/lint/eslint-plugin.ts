import ts from 'typescript';
import { Fault } from '@beamline/core';
import { importEdit } from './fix.ts';
import { lintFile, type LintFinding } from './lint-file.ts';
import { lintRules } from './rules/index.ts';

/** What of ESLint's context the rules use. */
export interface ContextLike {
  filename: string;
  sourceCode: { text: string; parserServices?: unknown; getLocFromIndex(index: number): { line: number; column: number } };
  report(descriptor: object): void;
}

export interface FixerLike {
  replaceTextRange(range: readonly [number, number], text: string): unknown;
}

export interface RuleLike {
  meta: { type: 'problem' | 'suggestion'; fixable: 'code'; docs: { description: string; url: string }; schema: [] };
  create(context: ContextLike): Record<string, () => void>;
}

/** One walk serves all rules of a file. */
const findingsOf = new WeakMap<ts.SourceFile, LintFinding[]>();

const PAGES = '@beamline/bundler/docs/determinism';

const ruleOf = (name: string, summary: string, level: 'warning' | 'advice'): RuleLike => ({
  meta: { type: level === 'warning' ? 'problem' : 'suggestion', fixable: 'code', docs: { description: summary, url: `${PAGES}/${name}.md` }, schema: [] },
  create: (context) => ({
    Program() {
      for (const finding of lint(context)) if (finding.rule === name) report(context, finding);
    },
  }),
});

function lint({ filename, sourceCode }: ContextLike): LintFinding[] {
  const program = (sourceCode.parserServices as { program?: ts.Program | null } | undefined)?.program;
  const file = program?.getSourceFile(filename);
  if (!program || !file || file.kind !== ts.SyntaxKind.SourceFile) {
    // ESLint shows the message alone.
    throw new Fault('bundler/lint-without-types', `${filename}: no types of TypeScript ${ts.version} to lint with; parse with typescript-eslint and parserOptions.projectService: true`);
  }
  const known = findingsOf.get(file) ?? lintFile({ file, checker: program.getTypeChecker(), name: filename });
  findingsOf.set(file, known);
  return known;
}

function report({ sourceCode, report: say }: ContextLike, { message, hint, start, end, fix, level }: LintFinding): void {
  say({
    message: `${message}. ${hint}`,
    loc: { start: sourceCode.getLocFromIndex(start), end: sourceCode.getLocFromIndex(end) },
    ...(fix && level === 'warning' && {
      fix: (fixer: FixerLike) => {
        const imports = importEdit(sourceCode.text, fix.imports ?? []);
        return [...fix.edits, ...(imports ? [imports] : [])].map((edit) => fixer.replaceTextRange([edit.start, edit.end], edit.text));
      },
    }),
  });
}

const rules: Readonly<Record<string, RuleLike>> = {
  ...Object.fromEntries(lintRules.map(({ name, summary, level }) => [name, ruleOf(name, summary, level)])),
  directive: ruleOf('directive', 'comments that silence a rule without a reason', 'warning'),
};

/** ESLint's flat plugin. `configs.recommended` makes errors of what differs, and leaves advice out. */
export const plugin = {
  meta: { name: '@beamline/bundler/eslint' },
  rules,
  configs: {} as { recommended: { name: string; plugins: Record<string, object>; rules: Record<string, 'error'> } },
};
plugin.configs.recommended = {
  name: 'beamline/recommended',
  plugins: { beamline: plugin },
  rules: Object.fromEntries([...lintRules.filter(({ level }) => level === 'warning').map(({ name }) => name), 'directive'].map((name) => [`beamline/${name}`, 'error' as const])),
};
