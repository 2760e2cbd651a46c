import { Fault } from '@beamline/core';

export function logDamaged(path: string, offset: number, reason: string, hint = 'Restore the file from a backup, or start with an empty --dir. Nothing was changed.'): Fault {
  return new Fault('ao/log-damaged', `${path} is damaged at byte ${offset}: ${reason}`, { hint, details: { file: path, offset } });
}
