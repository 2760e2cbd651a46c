import { dirname, join, resolve } from 'node:path';
import { createFiles } from '../files.ts';
import { createModuleResolver } from '../module-resolver.ts';
import type { Plugin } from '../plugin.ts';
import { createProgram } from '../ts-program.ts';
import type { LintFinding } from './lint-file.ts';
import { lintProgram, type LintProgramInput } from './lint-program.ts';
import type { LintRule } from './rule.ts';

export interface LintFilesInput {
  /** TypeScript modules, relative to `root` or absolute; what they import is linted with them. */
  files: readonly string[];
  /** Findings name files relative to it. */
  root: string;
  /** Also what is imported from other packages of the repository. Never what lies in node_modules. @default false */
  packages?: boolean;
  rules?: readonly LintRule[];
  /** @default [] */
  plugins?: readonly Plugin[];
}

/** Lints a program, or the program that some modules make with everything of their own package that they import. */
export function lintSources(input: LintProgramInput | LintFilesInput): LintFinding[] {
  if ('program' in input) return lintProgram(input);
  const root = resolve(input.root);
  const modules = input.files.map((file) => resolve(root, file));
  const [first] = modules;
  if (first === undefined) return [];
  const disk = createFiles().view();
  const resolver = createModuleResolver('lua', { files: disk, plugins: input.plugins ?? [], root });
  const entry = join(dirname(first), '__beamline_lint__.ts');
  const virtual = new Map([[entry, `${modules.map((file) => `import ${JSON.stringify(file)};`).join('\n')}\n`]]);
  const program = createProgram({ entry, root, resolver, virtual });
  const homes = new Set(modules.map((file) => resolver.packageOf(file)));
  const files = program.getSourceFiles().filter(({ fileName, isDeclarationFile }) => !isDeclarationFile && fileName !== entry && /\.[mc]?tsx?$/.test(fileName)
    && !fileName.includes('/node_modules/') && (input.packages === true || homes.has(resolver.packageOf(fileName))));
  const findings = lintProgram({ program, files, root, ...(input.rules && { rules: input.rules }) });
  // A fix says what to change in the text that plugins made, which is no file's.
  return findings.map(({ fix, ...finding }) => (fix && resolver.files.hash(finding.path) === disk.hash(finding.path) ? { ...finding, fix } : finding));
}
