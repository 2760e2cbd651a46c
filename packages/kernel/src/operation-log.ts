import { emptyRecord, forget } from '@beamline/ecs';

/** More operations than an owner sends within `MAX_AGE_MS`. */
const SIZE = 1024;

/** Ids of operations already seen: anyone may post the owner's signed item again. @short */
export interface OperationLog {
  readonly ids: string[];
  readonly known: Record<string, boolean>;
  next: number;
}

export function createOperationLog(): OperationLog {
  return { ids: [], known: emptyRecord<boolean>(), next: 0 };
}

/** False when this id was seen before. */
export function noteOperation(log: OperationLog, id: string): boolean {
  if (log.known[id] !== undefined) return false;
  const dropped = log.ids[log.next];
  if (dropped !== undefined) forget(log.known, dropped);
  log.ids[log.next] = id;
  log.known[id] = true;
  log.next = log.next + 1 < SIZE ? log.next + 1 : 0;
  return true;
}
