import type ts from 'typescript';
import type { ExportRef, Links } from '../ts-links.ts';

/** Which sources can call some functions, by what they import: others need not be searched for calls. */
export interface Users {
  /** Imports one of the functions itself. */
  calls(file: ts.SourceFile): boolean;
  /** Does so, or imports, at any distance, a source that does. */
  leadsTo(file: ts.SourceFile): boolean;
}

export function usersOf(functions: readonly ExportRef[], links: Links): Users {
  const isOne = (ref: ExportRef | undefined) => ref !== undefined && functions.some(({ file, name }) => ref.file === file && ref.name === name);
  const names = functions.map(({ name }) => name);
  const direct = new Map<ts.SourceFile, boolean>();
  const calls = (file: ts.SourceFile): boolean => {
    let found = direct.get(file);
    if (found === undefined) {
      found = [...links.imports(file).values()].some((ref) => (ref.name === '*' ? isReexported(ref.file) : isOne(ref)));
      direct.set(file, found);
    }
    return found;
  };
  /** A namespace may hold them under any name. */
  const isReexported = (file: string): boolean => names.some((name) => isOne(links.exportOf(file, name))) || links.exportNames(file).some((name) => isOne(links.exportOf(file, name)));
  const leading = new Map<ts.SourceFile, boolean>();
  const leadsTo = (file: ts.SourceFile): boolean => {
    const known = leading.get(file);
    if (known !== undefined) return known;
    const seen = new Set([file]);
    const queue = [file];
    for (let next = queue.pop(); next; next = queue.pop()) {
      if (calls(next) || leading.get(next) === true) {
        leading.set(file, true);
        return true;
      }
      for (const target of links.dependencies(next)) {
        if (seen.has(target) || leading.get(target) === false) continue;
        seen.add(target);
        queue.push(target);
      }
    }
    // Nothing that it leads to does.
    for (const each of seen) leading.set(each, false);
    return false;
  };
  return { calls, leadsTo };
}
