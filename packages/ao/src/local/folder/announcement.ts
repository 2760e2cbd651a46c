import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a running network tells other programs, in `network.json`. It stays behind, so that the next run can take the same port. */
export interface Announcement {
  version: 1;
  url: string;
  pid: number;
}

export const ANNOUNCEMENT_FILE = 'network.json';

export async function announce(dir: string, url: string): Promise<void> {
  const announcement: Announcement = { version: 1, url, pid: process.pid };
  const draft = join(dir, `${ANNOUNCEMENT_FILE}.${process.pid}`);
  await writeFile(draft, JSON.stringify(announcement));
  await rename(draft, join(dir, ANNOUNCEMENT_FILE));
}

/** `undefined` when no network ever ran there, or in words that this version does not know. */
export async function announced(dir: string): Promise<Announcement | undefined> {
  try {
    const found = JSON.parse(await readFile(join(dir, ANNOUNCEMENT_FILE), 'utf8')) as Announcement;
    return found.version === 1 && isLoopback(found.url) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** The port of the last run; 0, which takes a free one, when there is none. */
export async function lastPort(dir: string): Promise<number> {
  const before = await announced(dir);
  return before === undefined ? 0 : Number(new URL(before.url).port);
}

// A network listens there and nowhere else.
function isLoopback(url: string): boolean {
  return /^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(url);
}
