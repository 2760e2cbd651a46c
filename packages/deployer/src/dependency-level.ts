import { Fault } from '@beamline/core';

/**
 * Depth of each role in the dependency graph: 0 depends on nobody, others lie one above the deepest role they send to.
 * Greens activate from level 0 upwards (a receiver is ready before its senders), fences close from the top downwards (a
 * sender is silent before its receiver freezes, so nothing is in flight between them).
 * @throws Fault `deployer/unknown-dependency`, `deployer/dependency-cycle`
 */
export function dependencyLevels(dependsOn: Readonly<Record<string, readonly string[]>>): Record<string, number> {
  const levels: Record<string, number> = {};

  const levelOf = (role: string, path: readonly string[]): number => {
    const known = levels[role];
    if (known !== undefined) return known;
    const needs = dependsOn[role];
    if (needs === undefined) {
      throw new Fault('deployer/unknown-dependency', `role ${path.at(-1)} depends on ${role}, which the release does not have`, {
        hint: `Known roles: ${Object.keys(dependsOn).join(', ')}. Correct dependsOn in beamline.config.ts.`,
      });
    }
    if (path.includes(role)) {
      throw new Fault('deployer/dependency-cycle', `roles depend on each other: ${[...path, role].join(' → ')}`, {
        hint: 'Leave one direction out of dependsOn: replies need none, a process may answer whoever wrote to it.',
      });
    }
    const level = needs.reduce((deepest, need) => Math.max(deepest, levelOf(need, [...path, role]) + 1), 0);
    levels[role] = level;
    return level;
  };

  for (const role of Object.keys(dependsOn).sort()) levelOf(role, []);
  return levels;
}
