import { codeOf, part } from '#target';

/**
 * Runs something that may throw. The error's text, or `undefined` when it went well. In Lua this is `pcall`: what luerl's
 * pcall cannot catch never reaches it, because the bundler guards those operations.
 */
export { attempt } from '#target';

/** The words after the code, or the whole text when it has none. */
export function hintOf(error: string): string {
  const code = codeOf(error);
  return code === '' ? error : part(error, code.length + 2);
}
