import { Fault } from '@beamline/core';
import type { WorldImage } from '../world-image.ts';
import type { EntityFile } from './entity-file.ts';
import { prepareImport, type ImportConflict, type ImportOptions, type ImportPlan, type ImportTarget } from './plan-import.ts';
import { importKey, remember } from './world-memory.ts';

/**
 * The world with the file's entities in it, references rewritten to their new handles; the target's image stays as it
 * is. Importing a file again gives the same world back.
 * @throws Fault `persistence/import-conflict` (see `planImport`), and those of `planImport`.
 */
export function importEntities(target: ImportTarget, file: EntityFile, options: ImportOptions = {}): { image: WorldImage; plan: ImportPlan } {
  const { plan, edit } = prepareImport(target, file, options);
  if (plan.done) return { image: target.image, plan };
  if (!plan.fits) {
    throw new Fault('persistence/import-conflict', `the entities do not fit into this world: ${plan.conflicts.slice(0, 5).map(describeConflict).join('; ')}${plan.conflicts.length > 5 ? `; and ${plan.conflicts.length - 5} more` : ''}`, {
      hint: 'Look at the plan; say what happens to conflicts (keep or replace) and to references that lead nowhere (zero).',
      details: { conflicts: plan.conflicts.length },
    });
  }
  remember(edit, target.image, importKey(file.id), 1);
  return { image: edit.image(), plan };
}

export function describeConflict(conflict: ImportConflict): string {
  switch (conflict.kind) {
    case 'key': return `${conflict.field} ${JSON.stringify(conflict.value)} of entity ${conflict.entity} belongs to ${conflict.holder} here`;
    case 'dangling': return `${conflict.component}.${conflict.field} of entity ${conflict.entity} names ${conflict.names}, which is neither in the file nor here`;
    case 'capacity': return `${conflict.needed} entities are more than the ${conflict.room} there is room for`;
    case 'layout': return conflict.why;
  }
}
