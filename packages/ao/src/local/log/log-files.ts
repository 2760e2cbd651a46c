import { open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/*
 * The files of a log:
 *
 *   network.log               what is written now
 *   network.log.000001        a part that was full; nothing is added to it any more
 *   network.log.000002.cold   the same, compressed and with an index (`cold-file.ts`)
 */
export interface PartFile {
  number: number;
  path: string;
  isCold: boolean;
}

export function partPath(log: string, number: number): string {
  return `${log}.${String(number).padStart(6, '0')}`;
}

/** In order. Removes what a crash left half made, and what was compressed already. */
export async function listParts(log: string): Promise<PartFile[]> {
  const found = new Map<number, PartFile>();
  for (const name of (await readdir(dirname(log))).sort()) {
    const [, digits, suffix] = /^\.(\d{6})(\.cold|\.cold\.part)?$/.exec(name.startsWith(basename(log)) ? name.slice(basename(log).length) : '') ?? [];
    if (digits === undefined) continue;
    const path = join(dirname(log), name);
    const before = found.get(Number(digits));
    if (suffix === '.cold.part') await rm(path);
    // Names sort before their `.cold`; that one was complete before it got its name.
    else if (before) await rm(before.path);
    if (suffix !== '.cold.part') found.set(Number(digits), { number: Number(digits), path, isCold: suffix === '.cold' });
  }
  return [...found.values()].sort((a, b) => a.number - b.number);
}

/** A file survives a crash only once the folder that names it is on disk too. */
export async function syncFolderOf(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export async function readExactly(file: FileHandle, at: number, length: number): Promise<Buffer | undefined> {
  const bytes = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  return bytesRead === length ? bytes : undefined;
}
