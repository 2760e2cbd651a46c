import { bindScopes } from '../lua/scope.ts';
import { parseLua, type Expression } from '../lua/tree.ts';
import { walk } from '../lua/walk.ts';

const LUA = new Set(('_G _VERSION assert collectgarbage error getmetatable ipairs load next pairs pcall print rawequal rawget rawlen rawset require select setmetatable '
  + 'tonumber tostring type string table math os utf8 io package debug').split(' '));

/** Globals that a program reads, never sets, and that are not Lua's: its host or an earlier program must have them. Sorted. */
export function foreignGlobals(code: string): string[] {
  const body = parseLua(code, () => undefined);
  bindScopes(body, () => undefined);
  const read = new Set<string>();
  const set = new Set<string>();
  const targets = new Set<Expression>();
  walk(body, (node) => {
    if (node.type === 'AssignmentStatement') for (const target of node.variables) targets.add(target);
    if (node.type === 'MemberExpression' && targets.has(node) && node.base.type === 'Identifier' && node.base.name === '_G') set.add(node.identifier.name);
    if (node.type === 'Identifier' && !node.variable) (targets.has(node) ? set : read).add(node.name);
  });
  return [...read].filter((name) => !set.has(name) && !LUA.has(name)).sort();
}
