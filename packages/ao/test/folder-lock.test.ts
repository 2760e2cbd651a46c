import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { holderOf, lockFolder } from '../src/local/folder/folder-lock.ts';

let dir: string;
beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'beamline-lock-')); });
afterEach(() => rm(dir, { recursive: true, force: true }));

const taken = { code: 'ao/network-running', retryable: true };

/** A hold as another process would have left it. */
async function leave(change: (inode: string) => Record<string, unknown> | string): Promise<void> {
  const path = join(dir, 'network.lock');
  await writeFile(path, '');
  const change_ = change(String((await stat(path)).ino));
  await writeFile(path, typeof change_ === 'string' ? change_ : JSON.stringify({ version: 1, host: hostname(), pid: process.pid, began: '', token: 'other', ...change_ }));
}
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid as number;
}

it('gives a folder to one at a time, and back', async () => {
  const unlock = await lockFolder(dir);
  await expect(lockFolder(dir)).rejects.toMatchObject({ ...taken, details: { dir, pid: process.pid, host: hostname() } });
  expect(await holderOf(dir)).toMatchObject({ pid: process.pid });
  await unlock();
  await unlock();
  expect([await readdir(dir), await holderOf(dir)]).toEqual([[], undefined]);
  await (await lockFolder(dir))();
});

it('gives a folder that a dead process left to exactly one of many', async () => {
  const pid = await deadPid();
  for (let round = 0; round < 20; round++) {
    await leave((inode) => ({ pid, inode }));
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(dir)));
    const won = all.filter((one) => one.status === 'fulfilled');
    expect(won).toHaveLength(1);
    expect((await holderOf(dir))?.pid).toBe(process.pid);
    await won[0]?.value();
    expect(await readdir(dir)).toEqual([]);
  }
});

it.each<[string, (inode: string, dead: number) => Record<string, unknown> | string]>([
  ['a process that died', (inode, pid) => ({ pid, inode })],
  ['a process whose pid somebody else has by now', (inode) => ({ pid: process.ppid, began: '1', inode })],
  ['an earlier run under the same pid', (inode) => ({ inode })],
  ['a copy of the folder', () => ({ pid: process.ppid, inode: '1' })],
  ['a crash that tore the file', () => '{"version":1,"host":'],
  ['nobody', () => ''],
])('takes over what was left by %s', async (_, change) => {
  const dead = await deadPid();
  await leave((inode) => change(inode, dead));
  const unlock = await lockFolder(dir);
  await unlock();
  expect(await readdir(dir)).toEqual([]);
});

it('believes another machine, and says which file to delete', async () => {
  await leave((inode) => ({ host: 'elsewhere', pid: 1, inode }));
  await expect(lockFolder(dir)).rejects.toMatchObject({ ...taken, hint: expect.stringContaining('network.lock'), details: { host: 'elsewhere' } });
});

it('lets a copy of a folder in use be used', async () => {
  const unlock = await lockFolder(dir);
  const copy = `${dir}-copy`;
  try {
    await cp(dir, copy, { recursive: true });
    expect(await readFile(join(copy, 'network.lock'), 'utf8')).toBe(await readFile(join(dir, 'network.lock'), 'utf8'));
    await (await lockFolder(copy))();
    expect(await holderOf(dir)).toBeDefined();
  } finally {
    await rm(copy, { recursive: true, force: true });
    await unlock();
  }
});

it('never deletes a hold that is no longer its own', async () => {
  const unlock = await lockFolder(dir);
  await leave((inode) => ({ host: 'elsewhere', pid: 1, inode }));
  await unlock();
  expect(await readdir(dir)).toEqual(['network.lock']);
});
