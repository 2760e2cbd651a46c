import { mkdir, open, readFile, readdir, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '@beamline/core';
import type { Journal, JournalEntry } from '../journal.ts';
import { syncFolder } from './durable-file.ts';
import { decodeRecords, encodeRecord } from './journal-record.ts';

export interface FsJournalOptions {
  /** Folder of `<deployment>.journal` files. Created on first write. */
  root: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const SUFFIX = '.journal';

interface Tail {
  sequence: number;
  pending: { line: string; done(): void; failed(error: unknown): void }[];
  flushing: boolean;
}

/** One append-only file per deployment. Appends that come together share one fsync. */
export function createFsJournal({ root }: FsJournalOptions): Journal {
  const tails = new Map<string, Promise<Tail>>();
  const fileOf = (deployment: string): string => {
    if (NAME.test(deployment)) return join(root, `${deployment}${SUFFIX}`);
    throw new Fault('deployer/bad-id', `${JSON.stringify(deployment)} cannot be the id of a deployment`, {
      hint: 'beamline deployments list shows the ids.',
    });
  };

  const openTail = async (file: string): Promise<Tail> => {
    const bytes = await readOrNothing(file);
    if (bytes === undefined) {
      await mkdir(dirname(file), { recursive: true });
      await (await open(file, 'a')).close();
      await syncFolder(dirname(file));
      return { sequence: 0, pending: [], flushing: false };
    }
    const { entries, wholeBytes } = decodeRecords(bytes, file);
    if (wholeBytes < bytes.length) await truncate(file, wholeBytes);
    return { sequence: entries.length, pending: [], flushing: false };
  };

  const flush = async (file: string, tail: Tail): Promise<void> => {
    tail.flushing = true;
    while (tail.pending.length > 0) {
      const batch = tail.pending.splice(0);
      try {
        await appendDurably(file, batch.map(({ line }) => line).join(''));
        for (const { done } of batch) done();
      } catch (cause) {
        // What is on disk is unknown now: the next append reads the file again.
        tails.delete(file);
        const fault = new Fault('deployer/journal-write-failed', `cannot write ${file}`, {
          hint: 'Check the space and the rights of the folder, then resume the deployment.', retryable: true, cause,
        });
        for (const { failed } of [...batch, ...tail.pending.splice(0)]) failed(fault);
      }
    }
    tail.flushing = false;
  };

  return {
    kind: 'fs',
    async append(deployment, entry) {
      const file = fileOf(deployment);
      let opening = tails.get(file);
      if (opening === undefined) {
        opening = openTail(file);
        tails.set(file, opening);
        opening.catch(() => tails.delete(file));
      }
      const tail = await opening;
      tail.sequence += 1;
      const line = encodeRecord(tail.sequence, JSON.stringify(entry));
      await new Promise<void>((done, failed) => {
        tail.pending.push({ line, done, failed });
        if (!tail.flushing) void flush(file, tail);
      });
    },
    async *read(deployment) {
      const file = fileOf(deployment);
      const bytes = await readOrNothing(file);
      if (bytes === undefined) return;
      for (const json of decodeRecords(bytes, file).entries) yield JSON.parse(json) as JournalEntry;
    },
    async list() {
      const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      return names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length)).sort();
    },
  };
}

async function appendDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'a');
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function readOrNothing(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
