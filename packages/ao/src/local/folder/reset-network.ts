import { open, readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@beamline/core';
import { RECORD_MAGIC } from '../log/record.ts';
import { announced, ANNOUNCEMENT_FILE } from './announcement.ts';
import { LOCK_FILE, lockFolder } from './folder-lock.ts';

/** Everything a network puts into its folder; beside these, files that a crash left half made. */
const OWN = /^(network\.(json|out)|network\.log(\.\d{6}(\.cold(\.part)?)?)?|network\.log\.\d{6}(\.cold(\.part)?)?|snapshots|owner|operator\.json|network\.(lock|json)\.[\w-]+|operator\.json\.[\w.-]+)$/;
const LOG_FILE = 'network.log';
const WALLET = /^operator\.json/;

/**
 * Forgets everything that happened on a network: log, snapshots, names. The operator's wallet stays, so that what is
 * deployed next trusts the same address.
 * @returns names of what was deleted; none when there was nothing.
 * @throws Fault `ao/network-running`; `ao/not-a-network` when the folder holds anything that no network makes.
 */
export async function resetNetwork(dir: string): Promise<string[]> {
  const folder = await realpath(dir).catch(() => undefined);
  if (folder === undefined) return [];
  await assertNetwork(folder);
  const unlock = await lockFolder(folder);
  try {
    await assertNetwork(folder);
    const names = (await readdir(folder)).filter((name) => name !== LOCK_FILE && !WALLET.test(name)).sort();
    // What tells a network's folder from others goes last: a reset that was interrupted can be repeated.
    const last = [LOG_FILE, ANNOUNCEMENT_FILE].filter((name) => names.includes(name));
    for (const name of [...names.filter((each) => !last.includes(each)), ...last]) await rm(join(folder, name), { recursive: true, force: true });
    return names;
  } finally {
    await unlock();
  }
}

async function assertNetwork(folder: string): Promise<void> {
  const names = await readdir(folder);
  const foreign = names.find((name) => name !== LOCK_FILE && !OWN.test(name));
  if (foreign !== undefined) throw notNetwork(folder, `it holds ${foreign}`);
  const rest = names.filter((name) => name !== LOCK_FILE && !WALLET.test(name));
  // Who resets because the log is damaged has the announcement still.
  if (rest.length === 0 || (await isLog(join(folder, LOG_FILE))) || (await announced(folder)) !== undefined) return;
  throw notNetwork(folder, 'it has no log of a network');
}

async function isLog(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 0 || buffer.readUInt32LE(0) === RECORD_MAGIC;
  } finally {
    await file.close();
  }
}

function notNetwork(dir: string, reason: string): Fault {
  return new Fault('ao/not-a-network', `${dir} is not a network's folder: ${reason}`, {
    hint: 'Nothing was deleted. Name the folder that was given to network start.', details: { dir },
  });
}
