import { Fault } from '@beamline/core';
import type { Analysis, ModuleSize, PartSize } from './analysis.ts';

/**
 * What a role calls by this name: a part by its name, or a module by its path or the end of it.
 * @throws Fault `bundler/not-in-role`, `bundler/ambiguous-name`
 */
export function findInRole({ roles }: Analysis, role: string, name: string): ModuleSize | PartSize {
  const sizes = roles[role];
  if (sizes === undefined) throw new Fault('bundler/not-in-role', `there is no role ${role}`, { hint: `Roles: ${Object.keys(roles).join(', ')}.` });
  const exact = [...sizes.parts.filter((part) => part.name === name), ...sizes.modules.filter(({ path }) => path === name)];
  const ending = sizes.modules.filter(({ path }) => path.endsWith(`/${name}`) || path.replace(/\.\w+$/, '').endsWith(`/${name}`));
  const found = exact.length > 0 ? exact : ending;
  const [first] = found;
  if (first === undefined) {
    throw new Fault('bundler/not-in-role', `nothing called ${name} is in the bundle of ${role}`, {
      hint: 'Name a module by its path or the end of it, or a system, component or action by its name. What is not live is not in a bundle.',
    });
  }
  if (found.length > 1 && exact.length !== 1) {
    throw new Fault('bundler/ambiguous-name', `${name} in ${role} may be ${found.map((each) => ('path' in each ? each.path : `the ${each.kind} ${each.name}`)).join(', ')}`, { hint: 'Give more of the path.' });
  }
  return first;
}
