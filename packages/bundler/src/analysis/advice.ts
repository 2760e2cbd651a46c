import { LUALIB } from '../lualib-origins.ts';
import type { Advice } from './analysis.ts';
import { usersOfFeature } from './library-users.ts';
import type { Measured } from './measure-role.ts';
import { originOf } from './origin-of.ts';

/** Less than this is not worth anybody's time. */
const WORTH_BYTES = 100;

type Rule = (measured: Measured) => Omit<Advice, 'role'>[];

/** Rules over what was measured; what saves most first. */
export function adviseOn(measured: readonly Measured[]): Advice[] {
  return [...measured.flatMap((each) => RULES.flatMap((rule) => rule(each)).map((advice) => ({ ...advice, role: each.sizes.role }))), ...sharedSystems(measured)]
    .filter(({ savesBytes }) => savesBytes >= WORTH_BYTES)
    .sort((a, b) => b.savesBytes - a.savesBytes || (a.say < b.say ? -1 : 1));
}

const INSTEAD: readonly [RegExp, string][] = [
  [/Map$|Set$/, 'a sparse array, a plain table, or `find` of ecs'],
  [/Error$/, 'a string, or an answer of `refused`: the kernel catches both'],
  [/Class|New/, 'functions over plain data'],
];

const luaLibrary: Rule = ({ sizes, graph }) => {
  const parts = sizes.modules.filter(({ origin }) => origin === 'typescript-to-lua');
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const named = parts.flatMap(({ path, bytes }) => usersOfFeature(graph, path)
    .filter(({ module }) => originOf(module) === 'game' && sizes.modules.some((each) => each.path === module))
    .map((user) => ({ ...user, feature: path.slice(LUALIB.length + 1), bytes })));
  const [heaviest] = named;
  if (total === 0 || heaviest === undefined) return [];
  const features = new Map(named.map(({ feature, bytes, module, line }) => [feature, `${feature} (${bytes} bytes, ${module}:${line})`]));
  const instead = INSTEAD.filter(([pattern]) => [...features.keys()].some((feature) => pattern.test(feature))).map(([, say]) => say);
  return [{
    rule: 'lua-library', savesBytes: total,
    say: `TypeScriptToLua's library costs ${total} bytes, called for by ${[...features.values()].slice(0, 4).join(', ')}; use ${instead.join('; ') || 'loops'} instead.`,
  }];
};

const singleUse: Rule = ({ sizes }) => sizes.parts.filter(({ kind, uses, savedBytes }) => kind === 'component' && uses.length <= 1 && savedBytes > 0)
  .map(({ name, uses, savedBytes, module, line }) => ({
    rule: 'single-use' as const, savesBytes: savedBytes,
    say: uses.length === 0
      ? `component ${name} (${module}:${line}, ${savedBytes} bytes) is listed and used by nothing.`
      : `component ${name} (${module}:${line}, ${savedBytes} bytes) is used by ${uses[0] ?? ''} alone: could its fields be part of another component?`,
  }));

const keptByEffect: Rule = ({ declarations, names }) => {
  const reached = names.reached();
  return [...declarations.values()].flat()
    .filter((each) => each.declaration.calls && !reached.has(each) && originOf(each.module) === 'game')
    .map((each) => {
      const { module, declaration: { name, start } } = each;
      // With what it alone calls.
      const bytes = [...names.needsOf(each)].filter((other) => !reached.has(other)).reduce((sum, other) => sum + other.bytes, 0);
      return {
        rule: 'kept-by-effect' as const, savesBytes: bytes,
        say: `${module}:${start[0]}: nothing names ${name}, but its initializer may have effects, so its ${bytes} bytes stay; mark the call /*#__PURE__*/ or remove it.`,
      };
    });
};

const STRINGS = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;

const manyStrings: Rule = ({ sizes, slices }) => sizes.modules.filter(({ origin, bytes }) => origin === 'game' && bytes >= 1_000).flatMap(({ path, bytes }) => {
  const text = slices.filter((slice) => slice.path === path).map((slice) => slice.text).join('');
  const strings = (text.match(STRINGS) ?? []).reduce((sum, each) => sum + each.length, 0);
  return strings * 2 < bytes ? [] : [{
    rule: 'many-strings' as const, savesBytes: strings,
    say: `${strings} of the ${bytes} bytes of ${path} are text: send codes and let clients hold the sentences.`,
  }];
});

const RULES: readonly Rule[] = [luaLibrary, singleUse, keptByEffect, manyStrings];

function sharedSystems(measured: readonly Measured[]): Advice[] {
  const found = new Map<string, { name: string; roles: { role: string; bytes: number }[] }>();
  for (const { sizes: { role, parts } } of measured) {
    for (const { kind, name, module, line, savedBytes } of parts) {
      if (kind !== 'system') continue;
      const key = `${module}:${line}`;
      const known = found.get(key) ?? { name, roles: [] };
      found.set(key, { name, roles: [...known.roles, { role, bytes: savedBytes }] });
    }
  }
  return [...found].filter(([, { roles }]) => roles.length > 1).map(([place, { name, roles }]) => {
    const least = roles.reduce((a, b) => (b.bytes < a.bytes ? b : a));
    return {
      rule: 'shared-system' as const, role: least.role, savesBytes: least.bytes,
      say: `system ${name} (${place}) is listed in ${roles.map(({ role, bytes }) => `${role} (${bytes} bytes)`).join(' and ')}: does it have to run in each?`,
    };
  });
}
