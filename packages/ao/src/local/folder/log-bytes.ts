import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Of the log of a network's folder, all of its files. */
export async function logBytes(dir: string): Promise<number> {
  const names = (await readdir(dir)).filter((name) => name.startsWith('network.log'));
  const sizes = await Promise.all(names.map((name) => stat(join(dir, name)).then(({ size }) => size, () => 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
