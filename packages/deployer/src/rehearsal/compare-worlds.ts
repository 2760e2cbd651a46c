import type { Slot } from '@beamline/core';
import { diffBatches, imageSides, type WorldImage } from '@beamline/persistence';
import type { Tally } from './tally.ts';

/** Follows from what was sent, which is compared by itself. */
const FOLLOWING = new Set(['$outgoing']);

/** Counts what differs between two worlds of one layout: cells by field, rows that only one of them has by component. */
export async function compareWorlds(tally: Tally, slot: Slot, old: WorldImage, fresh: WorldImage): Promise<void> {
  const [a, b] = imageSides(old, fresh);
  const tables = b.tables.map(({ name }) => name).filter((name) => !FOLLOWING.has(name));
  for await (const batch of diffBatches(a, b, { tables })) {
    for (const { table, what, entity, fields } of batch) {
      const where = { slot, ...(entity === undefined ? {} : { entity }) };
      if (what !== 'changed') {
        const row = JSON.stringify(Object.fromEntries(Object.entries(fields).map(([name, { from, to }]) => [name, what === 'added' ? to : from])));
        tally.add('state', `${table}.$row`, { ...where, ...(what === 'added' ? { new: row } : { old: row }) });
        continue;
      }
      for (const [field, { from, to }] of Object.entries(fields)) {
        tally.add('state', `${table}.${field}`, { ...where, ...(from === undefined ? {} : { old: String(from) }), ...(to === undefined ? {} : { new: String(to) }) });
      }
    }
  }
}
