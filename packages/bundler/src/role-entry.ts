import { dirname, join } from 'node:path';

/** Where a generated entry of a role stands: beside the game's own, so that it resolves what the game resolves. */
export function entryBeside(file: string, name: string, extension = '.ts'): string {
  return join(dirname(file), `__beamline_${name}__${extension}`);
}
