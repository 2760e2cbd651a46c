/** A comment that silences rules: `// beamline-disable-next-line <rule>, …: reason`, or `beamline-disable-file`. */
export interface Directive {
  /** From 0, of the comment. */
  line: number;
  rules: readonly string[];
  scope: 'next-line' | 'file';
  /** Empty when none was given. */
  reason: string;
}

/** Alone on its line, so that no string is taken for one. */
const FORM = /^[ \t]*\/\/[ \t]*beamline-disable-(next-line|file)\b[ \t]*([^:\n]*)(?::[ \t]*([^\n]*))?/;

export function directivesOf(text: string): Directive[] {
  if (!text.includes('beamline-disable-')) return [];
  return text.split('\n').flatMap((each, line) => {
    const found = FORM.exec(each);
    if (!found) return [];
    const rules = (found[2] ?? '').split(',').map((rule) => rule.trim().replace(/^(determinism|beamline)\//, '')).filter((rule) => rule !== '');
    return [{ line, rules, scope: found[1] === 'file' ? 'file' as const : 'next-line' as const, reason: (found[3] ?? '').trim() }];
  });
}

/** A directive without a reason silences nothing. */
export const silences = ({ line, rules, scope, reason }: Directive, rule: string, at: number): boolean =>
  reason !== '' && rules.includes(rule) && (scope === 'file' || at === line + 1);
