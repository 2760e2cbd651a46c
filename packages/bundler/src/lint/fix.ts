import type ts from 'typescript';

/** Characters `start` up to `end` (exclusive) of a source become `text`. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

export interface Fix {
  edits: readonly TextEdit[];
  /** Functions of `@beamline/ecs` that the new text calls. */
  imports?: readonly string[];
}

export const replace = (node: ts.Node, file: ts.SourceFile, text: string): Fix => ({ edits: [{ start: node.getStart(file), end: node.end, text }] });

/** Calls a function of ecs instead; not where the file means something else by that name. */
export function callEcs(node: ts.Node, file: ts.SourceFile, name: string, parameters: readonly string[]): Fix | undefined {
  if (!importsEcs(file, name) && new RegExp(`\\b${name}\\b`).test(file.text)) return undefined;
  return { ...replace(node, file, `${name}(${parameters.join(', ')})`), imports: [name] };
}

const ECS_IMPORT = /^import \{([^}]*)\} from (['"])@beamline\/ecs\2/m;

function importsEcs(file: ts.SourceFile, name: string): boolean {
  return (ECS_IMPORT.exec(file.text)?.[1] ?? '').split(',').some((each) => each.trim() === name);
}

/** The edit that makes `names` known in a source, if any is missing. */
export function importEdit(text: string, names: Iterable<string>): TextEdit | undefined {
  const found = ECS_IMPORT.exec(text);
  const known = (found?.[1] ?? '').split(',').map((each) => each.trim()).filter((each) => each !== '');
  const missing = [...new Set(names)].filter((name) => !known.includes(name)).sort();
  if (missing.length === 0) return undefined;
  if (found) {
    const start = found.index + 'import {'.length;
    return { start, end: start + (found[1] ?? '').length, text: ` ${[...known, ...missing].join(', ')} ` };
  }
  const start = /^import /m.exec(text)?.index ?? 0;
  return { start, end: start, text: `import { ${missing.join(', ')} } from '@beamline/ecs';\n` };
}

/** Applies what doesn't overlap, the first of each overlap; asks for another round with what is left. */
export function applyFixes(text: string, fixes: readonly Fix[]): { text: string; applied: number } {
  const sorted = [...fixes].filter(({ edits }) => edits.length > 0).sort((a, b) => (a.edits[0]?.start ?? 0) - (b.edits[0]?.start ?? 0));
  const edits: TextEdit[] = [];
  const imports: string[] = [];
  let applied = 0;
  for (const fix of sorted) {
    const overlaps = fix.edits.some((edit) => edits.some((taken) => edit.start < taken.end && taken.start < edit.end));
    if (overlaps) continue;
    edits.push(...fix.edits);
    imports.push(...(fix.imports ?? []));
    applied++;
  }
  const missing = importEdit(text, imports);
  if (missing) edits.push(missing);
  let result = text;
  for (const { start, end, text: inserted } of edits.sort((a, b) => b.start - a.start)) result = result.slice(0, start) + inserted + result.slice(end);
  return { text: result, applied };
}
