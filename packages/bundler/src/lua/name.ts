/** Words that can't be names in Lua. */
export const KEYWORDS: ReadonlySet<string> = new Set('and break do else elseif end false for function goto if in local nil not or repeat return then true until while'.split(' '));

/** Whether `t.key` may stand for `t["key"]`. */
export function isName(key: string): boolean {
  return /^[A-Za-z_]\w*$/.test(key) && !KEYWORDS.has(key);
}
