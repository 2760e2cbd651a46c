import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Fault } from '@beamline/core';
import { openSealedFile, sealStream } from '../sealed/sealed-stream.ts';
import type { KeyRing } from '../sealed/seal-key.ts';
import { durableFolder, nodeDisk, replaceFile, writeFailed, type Disk } from '../stores/disk.ts';
import { openArchive, type Archive, type OpenArchiveOptions, type RandomAccess } from './open-archive.ts';

/** Authenticated as the name of every encrypted archive: the file itself may be renamed. */
const SEALED_AS = 'beamline archive';

export interface WriteArchiveFileOptions {
  path: string;
  /** As `archiveSnapshots` gives them. */
  bytes: AsyncIterable<Uint8Array>;
  /** Encrypts it; then no two files are the same. @default as it is */
  keys?: KeyRing;
}

/** Writes an archive beside its place, fsyncs it, and moves it there: whole or not at all. Resolves to its size. */
export async function writeArchiveFile({ path, bytes, keys }: WriteArchiveFileOptions): Promise<number> {
  const target = resolve(path);
  const draft = `${target}.${randomUUID()}.tmp`;
  let file: FileHandle | undefined;
  try {
    await mkdir(dirname(target), { recursive: true });
    file = await open(draft, 'wx', 0o600);
    let size = 0;
    for await (const part of keys === undefined ? bytes : sealStream(keys, SEALED_AS, bytes)) {
      await file.appendFile(part);
      size += part.length;
    }
    await file.sync();
    await file.close();
    await rename(draft, target);
    await nodeDisk.syncFolder(dirname(target));
    return size;
  } catch (cause) {
    await file?.close().catch(() => undefined);
    await rm(draft, { force: true }).catch(() => undefined);
    throw cause instanceof Fault ? cause : isHostError(cause) ? writeFailed(target, cause) : cause;
  }
}

export interface ArchiveFile extends Archive {
  sizeBytes: number;
  close(): Promise<void>;
}

/** @throws Fault `persistence/missing`, `persistence/archive-damaged`, `persistence/archive-version`, and those of encryption */
export async function openArchiveFile(path: string, { keys, ...options }: OpenArchiveOptions & { keys?: KeyRing } = {}): Promise<ArchiveFile> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new Fault('persistence/missing', `there is no archive at ${path}`, { hint: 'Check the path.', cause });
  });
  try {
    const raw: RandomAccess = { sizeBytes: (await file.stat()).size, read: (offset, length) => readAt(file, offset, length) };
    const sealed = Buffer.from(await raw.read(0, 4)).toString('latin1') === 'BLSE';
    if (sealed && keys === undefined) {
      throw new Fault('persistence/unknown-key', `the archive at ${path} is encrypted, and no key was given`, { hint: 'Name the key in the config: environments.<name>.backup.encryption.key' });
    }
    const archive = await openArchive(sealed && keys !== undefined ? await openSealedFile(keys, SEALED_AS, raw) : raw, options);
    return { ...archive, sizeBytes: raw.sizeBytes, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

export interface ExtractArchiveOptions {
  archive: Archive;
  /** Must not exist yet. */
  folder: string;
  /** Where an entry goes, below the folder. @default its name */
  place?: (name: string) => string;
  /** @default the real file system */
  disk?: Disk;
}

/**
 * Unpacks every entry into a folder that must not exist yet: into a folder beside it first, which takes its place once all
 * is there, verified and fsynced.
 * @throws Fault `persistence/target-exists`, `persistence/archive-damaged`, `persistence/write-failed`
 */
export async function extractArchive({ archive, folder, place = (name) => name, disk = nodeDisk }: ExtractArchiveOptions, signal?: AbortSignal): Promise<number> {
  const target = resolve(folder);
  if (await stat(target).then(() => true, () => false)) {
    throw new Fault('persistence/target-exists', `${target} exists already`, { hint: 'Extract into a folder that does not exist, then compare or move.' });
  }
  await archive.verify();
  const draft = `${target}.${randomUUID()}.partial`;
  try {
    for (const { name } of archive.entries) {
      signal?.throwIfAborted();
      const path = join(draft, place(name));
      await durableFolder(disk, draft, dirname(path));
      await replaceFile(disk, path, (await archive.read(name))!);
      await disk.syncFolder(dirname(path)).catch((cause: unknown) => { throw writeFailed(path, cause); });
    }
    await disk.rename(draft, target).catch((cause: unknown) => { throw writeFailed(target, cause); });
    await disk.syncFolder(dirname(target)).catch((cause: unknown) => { throw writeFailed(target, cause); });
    return archive.entries.length;
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

const isHostError = (error: unknown): boolean => error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
