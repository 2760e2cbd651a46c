import { find } from '#target';

/**
 * Runs something that may throw. The error's text, or `undefined` when it went well. In Lua this is `pcall`: what luerl's
 * pcall cannot catch never reaches it, because the bundler guards those operations.
 */
export function attempt(run: () => void): string | undefined {
  try {
    run();
  } catch (error) {
    return `${error}`;
  }
  return undefined;
}

function isCodeUnit(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || unit === 45;
}

/** `package/reason` when a thrown text starts with `package/reason: `, else ''. */
export function codeOf(error: string): string {
  const end = find(error, ': ', 0);
  const slash = find(error, '/', 0);
  if (slash < 1 || end < slash + 2) return '';
  for (let at = 0; at < end; at++) {
    if (at !== slash && !isCodeUnit(error.charCodeAt(at))) return '';
  }
  return error.substring(0, end);
}

/** The words after the code, or the whole text when it has none. */
export function hintOf(error: string): string {
  const code = codeOf(error);
  return code === '' ? error : error.substring(code.length + 2);
}
