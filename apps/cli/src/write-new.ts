import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '@beamline/core';

/** Writes a file that is not there yet. @throws Fault `cli/file-exists` */
export async function writeNew(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { flag: 'wx', flush: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
    throw new Fault('cli/file-exists', `${path} is there already`, { hint: 'Give another name, or move it away.', cause });
  });
}
