import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Fault } from '@beamline/core';
import { evalsOf, type Release } from '@beamline/stack';

/** Schedulers and free uploads refuse more than 100 KiB. */
const MAX_BYTES = 95_000;

/** Writes the chunks for aos as Evals that fit into one message each, `<role>.1-of-3.lua`, to be sent in that order. Gives the paths. */
export async function writeEvals(cwd: string, folder: string, { roles, files }: Release): Promise<string[]> {
  const chunks = Object.entries(roles).flatMap(([role, { bundles: { aos } }]) => (aos ? [{ role, chunk: files[aos.file] ?? '' }] : []));
  if (chunks.length === 0) throw new Fault('cli/flags', '--evals: no role has the target aos', { hint: "Add it in the config: targets: ['lua', 'aos']." });
  const written: string[] = [];
  await mkdir(resolve(cwd, folder), { recursive: true });
  for (const { role, chunk } of chunks) {
    const evals = evalsOf(chunk, MAX_BYTES);
    for (const [index, code] of evals.entries()) {
      const path = join(resolve(cwd, folder), `${role}.${index + 1}-of-${evals.length}.lua`);
      await writeFile(path, code);
      written.push(path);
    }
  }
  return written;
}
