import type { FieldKind } from '@beamline/ecs';
import type { EntityIds } from './entity-ids.ts';

/** What an ECS holds, as a cell: booleans as 0 and 1, entities as ids, nothing as 0 or an empty text. */
export function cellOf<E>(kind: FieldKind, value: unknown, ids: EntityIds<E>): number | string {
  if (kind === 'str') return value === undefined || value === null ? '' : String(value);
  if (kind === 'eid') return value === undefined || value === null ? 0 : ids.of(value as E);
  return Number(value ?? 0);
}

/** The inverse. An entity that is none comes back as `none`, which each ECS has its own word for. */
export function valueOf<E>(kind: FieldKind, cell: number | string, ids: EntityIds<E>, none: unknown): unknown {
  if (kind === 'bool') return cell === 1;
  return kind === 'eid' ? ids.entity(cell as number) ?? none : cell;
}
