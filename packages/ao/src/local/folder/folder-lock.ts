import { randomUUID } from 'node:crypto';
import { link, open, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Fault } from '@beamline/core';

/** Who has a folder. Persisted as JSON in `network.lock`. */
interface Holder {
  version: 1;
  host: string;
  pid: number;
  /** When the process began, in the system's own words: a pid is given to others in time. Empty where unknown. */
  began: string;
  token: string;
  /** Of the lock file itself: in a copy of the folder it is another. */
  inode: string;
}

/** Ends the hold on a folder. Idempotent. */
export type Unlock = () => Promise<void>;

export const LOCK_FILE = 'network.lock';

/** Tokens this process holds. */
const held = new Set<string>();

/**
 * Takes a folder for this process. A hold whose process is gone is taken over; one of another machine is believed.
 * @throws Fault `ao/network-running` with the holder's pid and host.
 */
export async function lockFolder(dir: string): Promise<Unlock> {
  const path = join(dir, LOCK_FILE);
  for (let tries = 0; tries < 5; tries++) {
    const token = await place(path);
    if (token !== undefined) {
      return async () => {
        if (!held.delete(token)) return;
        if ((await read(path))?.token === token) await rm(path, { force: true });
      };
    }
    const holder = await holderOf(dir);
    if (holder !== undefined) throw taken(dir, holder);
    await removeStale(path);
  }
  throw new Fault('ao/network-running', `others keep taking ${dir}`, { retryable: true, details: { dir } });
}

/** The process that has a folder; `undefined` when nobody has, or nobody alive. */
export async function holderOf(dir: string): Promise<{ pid: number; host: string } | undefined> {
  const path = join(dir, LOCK_FILE);
  const holder = await read(path);
  return holder !== undefined && (await isAlive(holder, path)) ? holder : undefined;
}

/** A hard link appears whole or not at all, and fails when the name is taken. */
async function place(path: string): Promise<string | undefined> {
  const token = randomUUID();
  const draft = `${path}.${token}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    const { ino } = await file.stat({ bigint: true });
    const holder: Holder = { version: 1, host: hostname(), pid: process.pid, began: await beganOf(process.pid), token, inode: String(ino) };
    await file.writeFile(JSON.stringify(holder));
    await file.close();
    held.add(token); // before anybody can see it
    await link(draft, path);
    return token;
  } catch (error) {
    held.delete(token);
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  } finally {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
  }
}

/**
 * Removes the hold of a dead process. Of those who see it one may: whoever takes the lock named after it, which may itself
 * be a dead one's. Moving the file away instead would open the door for a third while a living one's is looked at.
 */
async function removeStale(path: string): Promise<void> {
  const stale = await read(path);
  const guard = `${path}.${stale?.token ?? 'torn'}`;
  const token = await place(guard);
  if (token === undefined) {
    const other = await read(guard);
    if (other === undefined || !(await isAlive(other, guard))) await removeStale(guard);
    return;
  }
  const found = await read(path);
  if (found?.token === stale?.token && (found === undefined || !(await isAlive(found, path)))) await rm(path, { force: true });
  await rm(guard, { force: true });
  held.delete(token);
}

async function isAlive({ host, pid, token, began, inode }: Holder, path: string): Promise<boolean> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (found === undefined || String(found.ino) !== inode) return false;
  if (host !== hostname()) return true;
  if (pid === process.pid) return held.has(token);
  return exists(pid) && (began === '' || (await beganOf(pid)) === began);
}

export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of `/proc/<pid>/stat`; the name before it may hold blanks and brackets. */
async function beganOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** A hold that cannot be read was torn by a crash: it is placed whole or not at all. */
async function read(path: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as Holder;
    return holder.version === 1 ? holder : undefined;
  } catch {
    return undefined;
  }
}

function taken(dir: string, { pid, host }: { pid: number; host: string }): Fault {
  const hint = host === hostname()
    ? `Stop it first: beamline network stop --dir ${dir}`
    : `If ${host} no longer uses the folder, delete ${join(dir, LOCK_FILE)}.`;
  return new Fault('ao/network-running', `process ${pid} of ${host} runs a network in ${dir}`, { hint, retryable: true, details: { dir, pid, host } });
}
