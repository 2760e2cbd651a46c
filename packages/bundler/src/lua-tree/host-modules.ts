/** `lua`: a process of HyperBEAM's `lua@5.3a`. `aos`: what runs beside aos in one process, booted with it or evaluated later. */
export type LuaTreeTarget = 'lua' | 'aos';

const STANDARD = ['_G', 'string', 'table', 'math', 'os', 'io', 'utf8', 'package', 'debug'];

/** What aos 2 brings: its own files under names that begin with a dot, and what its WebAssembly module has built in. */
const AOS = [
  'ao', 'json', 'lsqlite3', '.ao', '.apm', '.assignment', '.base64', '.bint', '.boot', '.chance', '.default', '.dump', '.eval', '.handlers',
  '.handlers-utils', '.json', '.pretty', '.process', '.state', '.string-ext', '.stringify', '.utils',
];

const HOSTS: Readonly<Record<LuaTreeTarget, ReadonlySet<string>>> = {
  lua: new Set([...STANDARD, 'bit32']),
  aos: new Set([...STANDARD, 'coroutine', ...AOS]),
};

/** Whether `require(name)` finds a module of the host there, or on aos a package that its manager installed (`@scope/name`). */
export function isHostModule(name: string, target: LuaTreeTarget): boolean {
  return HOSTS[target].has(name) || (target === 'aos' && (/^\.crypto(\.|$)/.test(name) || /^@[\w-]+\/[\w.-]+$/.test(name)));
}

/** A name, or a pattern in which `*` stands for anything. */
export function matchesName(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(name));
}
