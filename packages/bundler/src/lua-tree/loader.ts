import { ref } from '../lua/build.ts';
import { bindScopes } from '../lua/scope.ts';
import { parseLua, type Expression, type Statement, type Variable } from '../lua/tree.ts';

/** Lua's `require` for what has to wait, written in Lua: luerl and Lua 5.3 stop a loop of loads only when memory or C stack ends. */
const LOADERS = {
  load: `
local loaded, loading = {}, {}
load = function(run, name)
  local value = loaded[run]
  if value then return value end
  if loading[run] then error("loop or previous error loading a module", 0) end
  loading[run] = true
  value = run(name)
  loading[run] = nil
  if value == nil then value = true end
  loaded[run] = value
  return value
end`,
  // What a live process has replaced in package.loaded counts from then on.
  loadPublic: `
local loading = {}
loadPublic = function(name)
  local loaded, run = package.loaded, package.preload[name]
  if loaded[name] or not run then return loaded[name] or require(name) end
  if loading[name] then error("loop or previous error loading module '" .. name .. "'", 0) end
  loading[name] = true
  local value = run(name)
  loading[name] = nil
  if value ~= nil then loaded[name] = value end
  if loaded[name] == nil then loaded[name] = true end
  return loaded[name]
end`,
  // A process that has loaded an older bundle, or has a module of this name itself, gets the new one.
  define: `
define = function(name, run)
  package.loaded[name] = nil
  package.preload[name] = run
end`,
} as const;

type LoaderName = keyof typeof LOADERS;

/** Collects which loaders a program needs. */
export function createLoader() {
  const used = new Map<LoaderName, Variable>();
  const use = (name: LoaderName): Expression => {
    const variable = used.get(name) ?? { name };
    used.set(name, variable);
    return ref(variable);
  };
  return {
    use,
    variables: () => [...used.values()],
    statements: (): Statement[] => [...used].map(([name, variable]) => {
      const body = parseLua(LOADERS[name], () => undefined);
      bindScopes(body, (free) => (free === name ? variable : undefined));
      return { type: 'DoStatement', body };
    }),
  };
}
