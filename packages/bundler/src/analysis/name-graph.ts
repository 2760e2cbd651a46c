import type { SizedDeclaration } from './declaration-bytes.ts';
import type { NameRef, SourceGraph } from './module-facts.ts';

/** Which declarations name which, across modules and barrels. */
export interface NameGraph {
  /** Where an exported or local name is declared; every declaration of the module for `*`. */
  find(ref: NameRef): SizedDeclaration[];
  /** Declarations that mention this one. */
  usersOf(target: SizedDeclaration): SizedDeclaration[];
  /** A declaration and everything that it leads to by names. */
  needsOf(target: SizedDeclaration): ReadonlySet<SizedDeclaration>;
  /** What is named from the role's entry, the kernel and effects of modules, without going through `without`. */
  reached(without?: SizedDeclaration): ReadonlySet<SizedDeclaration>;
}

export function nameGraph(graph: SourceGraph, sized: ReadonlyMap<string, SizedDeclaration[]>): NameGraph {
  const find = ({ path, name }: NameRef, seen = new Set<string>()): SizedDeclaration[] => {
    if (seen.has(`${path} ${name}`)) return [];
    seen.add(`${path} ${name}`);
    const own = sized.get(path) ?? [];
    if (name === '*') return own;
    const facts = graph.modules.get(path);
    const exported = facts?.exports.get(name) ?? name;
    if (typeof exported !== 'string') return find(exported, seen);
    const local = own.filter(({ declaration }) => declaration.name === exported);
    if (local.length > 0) return local;
    const imported = facts?.names.get(exported);
    if (imported) return find(imported, seen);
    return facts?.stars.map((star) => find({ path: star, name }, seen)).find((found) => found.length > 0) ?? [];
  };

  const links = new Map<SizedDeclaration, SizedDeclaration[]>();
  const backlinks = new Map<SizedDeclaration, SizedDeclaration[]>();
  for (const [path, list] of sized) {
    const facts = graph.modules.get(path);
    for (const from of list) {
      const targets = new Set<SizedDeclaration>();
      for (const name of from.declaration.mentions) {
        const imported = facts?.names.get(name);
        // Of a namespace only the members that are mentioned beside it.
        const refs = imported?.name === '*' ? from.declaration.members.map((member) => ({ path: imported.path, name: member })) : [imported ?? { path, name }];
        if (!imported && !list.some(({ declaration }) => declaration.name === name)) continue;
        for (const to of refs.flatMap((ref) => find(ref))) if (to !== from) targets.add(to);
      }
      links.set(from, [...targets]);
      for (const to of targets) backlinks.set(to, [...(backlinks.get(to) ?? []), from]);
    }
  }
  const roots = [...sized].flatMap(([path, list]) => list.filter(({ declaration }) => path === graph.entry && declaration.name === 'default' || declaration.effect));
  if (graph.kernel !== undefined) roots.push(...find({ path: graph.kernel, name: 'createProcess' }));

  const closure = (from: readonly SizedDeclaration[], without?: SizedDeclaration) => {
    const seen = new Set(from);
    for (const at of seen) for (const next of links.get(at) ?? []) if (next !== without) seen.add(next);
    return seen;
  };

  return {
    find,
    usersOf: (target) => backlinks.get(target) ?? [],
    needsOf: (target) => closure([target]),
    reached: (without) => closure(roots.filter((root) => root !== without), without),
  };
}
