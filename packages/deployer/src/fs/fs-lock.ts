import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { assertName } from '../instance.ts';
import { lockedFault } from '../lock.ts';
import type { EnvironmentLock, Holder, Lease } from '../lock.ts';

export interface FsLockOptions {
  /** Folder that holds `<environment>/lock`. */
  root: string;
  /** @default this process, on this machine */
  self?: { host: string; pid: number };
  /** Whether a process of this machine lives. @default asks the operating system */
  isAlive?: (pid: number) => boolean;
}

type LockText = Holder & { token: string };

/**
 * A lock file beside the environment's state. A holder on this machine whose process is dead is replaced; one on
 * another machine is believed.
 */
export function createFsLock({ root, self = { host: hostname(), pid: process.pid }, isAlive = lives }: FsLockOptions): EnvironmentLock {
  const isStale = ({ host, pid, token }: LockText): boolean =>
    // The pid of a dead holder may be ours by now.
    host === self.host && (pid === self.pid ? !held.has(token) : !isAlive(pid));

  return {
    kind: 'fs',

    async holder(environment) {
      assertName('environment', environment);
      const found = await readLock(join(root, environment, 'lock'));
      if (found === undefined || isStale(found)) return undefined;
      const { token: _, ...holder } = found;
      return holder;
    },

    async acquire(environment, purpose, at) {
      assertName('environment', environment);
      const folder = join(root, environment);
      const file = join(folder, 'lock');
      await mkdir(folder, { recursive: true });
      const token = randomUUID();
      const text: LockText = { purpose, ...self, since: at, token };

      for (let tries = 0; tries < 3; tries += 1) {
        if (await place(file, text)) {
          return leaseOf(file, token, () => held.delete(token));
        }
        const found = await readLock(file);
        if (found === undefined) continue; // released between the two calls
        if (!isStale(found)) throw lockedFault(environment, found);
        await removeStale(file, found, text, isStale);
      }
      throw lockedFault(environment, (await readLock(file)) ?? text);
    },
  };
}

/** Tokens of this process's live leases, over all lock objects. */
const held = new Set<string>();

/** A hard link appears whole or not at all, and fails when the name is taken. */
async function place(file: string, text: LockText): Promise<boolean> {
  const draft = `${file}.${text.token}.tmp`;
  await writeFile(draft, JSON.stringify(text), { flush: true });
  held.add(text.token); // before anybody can see it
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    held.delete(text.token);
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Removes the lock of a dead holder. Of the runners that see it one may: whoever takes the lock of that name, which may
 * itself be a dead one's. Moving the file away instead would open the door for a third while a living one's is looked at.
 */
async function removeStale(file: string, stale: LockText, by: LockText, isStale: (lock: LockText) => boolean): Promise<void> {
  const guard = `${file}.${stale.token}`;
  const text = { ...by, token: randomUUID() };
  if (!(await place(guard, text))) {
    const other = await readLock(guard);
    if (other !== undefined && isStale(other)) await removeStale(guard, other, by, isStale);
    return;
  }
  if ((await readLock(file))?.token === stale.token) await rm(file, { force: true });
  await rm(guard, { force: true });
  held.delete(text.token);
}

async function readLock(file: string): Promise<LockText | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LockText;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function leaseOf(file: string, token: string, forget: () => void): Lease {
  return {
    async release() {
      const found = await readLock(file);
      if (found?.token === token) await rm(file, { force: true });
      forget();
    },
  };
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
