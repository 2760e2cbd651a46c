import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '@beamline/core';

/** Opens a file that is not there yet. @throws Fault `cli/file-exists` */
export async function openNew(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true });
  return open(path, 'wx').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
    throw new Fault('cli/file-exists', `${path} is there already`, { hint: 'Give another name, or move it away.', cause });
  });
}

/** @throws Fault `cli/file-exists` */
export async function writeNew(path: string, content: string | Uint8Array): Promise<void> {
  const file = await openNew(path);
  await file.writeFile(content).finally(() => file.close());
}
