import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createFsLock } from '../src/fs.ts';
import { describeLock } from '../src/testing.ts';

const folder = () => mkdtemp(join(tmpdir(), 'lock-'));

describeLock('fs', async () => {
  const root = await folder();
  return { subject: createFsLock({ root }), dispose: () => rm(root, { recursive: true }) };
});

let root: string;
beforeEach(async () => { root = await folder(); });
afterEach(() => rm(root, { recursive: true }));

const dead = () => createFsLock({ root, self: { host: 'here', pid: 77_001 } });
const survivor = (isAlive: (pid: number) => boolean) => createFsLock({ root, self: { host: 'here', pid: 77_002 }, isAlive });

it('takes over from a process that died', async () => {
  await dead().acquire('local', 'deployment 1', 0);
  await expect(survivor(() => true).acquire('local', 'deployment 2', 1)).rejects.toMatchObject({ code: 'deployer/locked' });
  await survivor((pid) => pid !== 77_001).acquire('local', 'deployment 2', 1);
  await expect(survivor((pid) => pid !== 77_001).acquire('local', 'deployment 3', 2)).rejects.toMatchObject({
    message: expect.stringContaining('deployment 2'),
  });
});

it('lets one of many take over', async () => {
  await dead().acquire('local', 'deployment 1', 0);
  const tries = await Promise.allSettled(Array.from({ length: 6 }, (_, n) => survivor(() => false).acquire('local', `try ${n}`, n)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

it('believes a holder on another machine, whatever its pid', async () => {
  await createFsLock({ root, self: { host: 'there', pid: 77_001 } }).acquire('local', 'deployment 1', 0);
  await expect(survivor(() => false).acquire('local', 'deployment 2', 1)).rejects.toMatchObject({ code: 'deployer/locked' });
});

it('leaves nothing behind once released', async () => {
  const lease = await createFsLock({ root }).acquire('local', 'deployment', 0);
  await lease.release();
  expect(await readdir(join(root, 'local'))).toEqual([]);
});

it('lets one of many take over, however often, and though one died while it took over', async () => {
  for (let round = 0; round < 40; round += 1) {
    await dead().acquire('local', 'deployment 1', 0);
    const { token } = JSON.parse(await readFile(join(root, 'local/lock'), 'utf8')) as { token: string };
    if (round % 2 === 1) await writeFile(join(root, `local/lock.${token}`), await readFile(join(root, 'local/lock')));
    const tries = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => survivor(() => false).acquire('local', `try ${n}`, n)));
    const won = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    if (round % 2 === 0) expect(won).toHaveLength(1);
    else expect(won.length).toBeLessThanOrEqual(1);
    await (won[0] ?? await survivor(() => false).acquire('local', 'later', 99)).release();
    expect(await readdir(join(root, 'local'))).toEqual([]);
  }
});
