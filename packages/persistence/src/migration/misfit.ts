import { Fault } from '@beamline/core';

/** A cell that the new layout cannot hold as it is, or that is thrown away. */
export interface Misfit {
  component: string;
  /** Absent when the whole row is meant. */
  field?: string;
  entity: number;
  value?: number | string;
  /** What to read behind the place: `u8 holds 0 to 255`. The same for all cells that fail alike. */
  why: string;
}

/** Hears what happens to data on its way. After `misfit` returned, the nearest value that fits is taken. */
export interface DataWatch {
  misfit(found: Misfit): void;
  /** Data that is dropped and was not empty. Looking for it costs a pass, so it is done only for those who ask. */
  loss?(found: Misfit): void;
}

/** @throws (from `misfit`) Fault `persistence/misfit`: nothing is migrated by halves. */
export const refuseMisfits: DataWatch = {
  misfit({ component, field, entity, value, why }) {
    const place = field === undefined ? component : `${component}.${field}`;
    throw new Fault('persistence/misfit', `${place} of entity ${entity}${value === undefined ? '' : ` is ${JSON.stringify(value)}`}: ${why}`, {
      hint: 'Deploy with --dry-run to see every entity that does not fit; correct them in the game, or let the migration clamp.',
      details: { component, entity, ...(field === undefined ? {} : { field }), ...(value === undefined ? {} : { value }) },
    });
  },
};
