import { bindScopes } from '../../src/lua/scope.ts';
import { nameVariables } from '../../src/lua/rename.ts';
import { printLua } from '../../src/lua/print.ts';
import { parseLua, type Statement } from '../../src/lua/tree.ts';

/** Parses, binds, applies a pass and prints. */
export function apply(source: string, pass: (body: Statement[]) => Statement[] = (body) => body, minify = true): string {
  const body = parseLua(source, () => undefined);
  bindScopes(body, () => undefined);
  const result = pass(body);
  nameVariables(result, { minify });
  return printLua(result, { minify }).code.trim();
}

/** One line, for comparing. */
export const line = (code: string): string => code.replaceAll('\n', ' ');
