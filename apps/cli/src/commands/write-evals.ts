import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Fault } from '@beamline/core';
import { evalsOf, type Release } from '@beamline/stack';

/** Schedulers and free uploads refuse more than 100 KiB. */
const MAX_BYTES = 95_000;

/**
 * Writes the chunks for aos as Evals that fit into one message each, `<role>.1-of-3.lua`, to be sent in that order. Gives the
 * paths. Parts of two builds never lie side by side: all new ones are written under other names, the old ones go, and only
 * then do the new ones get theirs.
 */
export async function writeEvals(cwd: string, folder: string, { roles, files }: Release): Promise<string[]> {
  const chunks = Object.entries(roles).flatMap(([role, { bundles: { aos } }]) => (aos ? [{ role, chunk: files[aos.file] ?? '' }] : []));
  if (chunks.length === 0) throw new Fault('cli/flags', '--evals: no role has the target aos', { hint: "Add it in the config: targets: ['lua', 'aos']." });
  const target = resolve(cwd, folder);
  await mkdir(target, { recursive: true });
  const parts = chunks.flatMap(({ role, chunk }) => {
    const evals = evalsOf(chunk, MAX_BYTES);
    return evals.map((code, index) => ({ path: join(target, `${role}.${index + 1}-of-${evals.length}.lua`), code }));
  });
  for (const { path, code } of parts) await writeFile(`${path}.tmp`, code, { flush: true });
  const before = (await readdir(target)).filter((name) => chunks.some(({ role }) => name.startsWith(`${role}.`) && PART.test(name.slice(role.length))));
  for (const name of before) await rm(join(target, name));
  for (const { path } of parts) await rename(`${path}.tmp`, path);
  return parts.map(({ path }) => path);
}

/** What follows the role in the name of a part. */
const PART = /^\.\d+-of-\d+\.lua$/;
