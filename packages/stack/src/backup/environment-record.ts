import { createHash } from 'node:crypto';
import { encodeArchive, openArchive, type ArchiveSourceEntry, type Bucket } from '@beamline/persistence';

/*
 * Beside the snapshots a backup store keeps the environment's files of each backup, as an archive of their own:
 * `environments/<ms, 16 digits>-<first 16 digits of its SHA-256>.archive`. The same files as last time are not put again.
 */
const FOLDER = 'environments/';
const NAME = /^environments\/(\d{16})-([0-9a-f]{16})\.archive$/;
/** Older ones go: each names releases and journals, and the newest is the one to restore from. */
const KEPT_RECORDS = 20;

/** Resolves to the bytes put. */
export async function putRecord(bucket: Bucket, files: readonly ArchiveSourceEntry[], now: number): Promise<number> {
  const parts: Uint8Array[] = [];
  for await (const part of encodeArchive([...files].sort((a, b) => (a.name < b.name ? -1 : 1)))) parts.push(part);
  const bytes = new Uint8Array(Buffer.concat(parts));
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const [, last = '0', lastHash] = NAME.exec((await recordNames(bucket)).at(-1) ?? '') ?? [];
  if (lastHash === hash) return 0;
  // Later than the one before, also by a clock that was set back: the newest is the one that is kept, and restored from.
  const time = Math.max(now, Number(last) + 1);
  await bucket.put(`${FOLDER}${String(time).padStart(16, '0')}-${hash}.archive`, bytes);
  return bytes.length;
}

/** The files of the newest record that is whole. */
export async function newestRecord(bucket: Bucket): Promise<ArchiveSourceEntry[] | undefined> {
  for (const name of (await recordNames(bucket)).reverse()) {
    const bytes = await bucket.get(name);
    if (bytes === undefined) continue;
    const archive = await openArchive({ sizeBytes: bytes.length, read: async (offset, length) => bytes.slice(offset, offset + length) }).catch(() => undefined);
    if (archive === undefined || !(await archive.verify().then(() => true, () => false))) continue;
    return archive.entries.map(({ name: entry }) => ({ name: entry, read: async () => (await archive.read(entry))! }));
  }
  return undefined;
}

export async function pruneRecords(bucket: Bucket): Promise<void> {
  if (bucket.permanent !== true) await bucket.remove((await recordNames(bucket)).slice(0, -KEPT_RECORDS));
}

/** Oldest first. */
async function recordNames(bucket: Bucket): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of bucket.list(FOLDER)) if (NAME.test(name)) names.push(name);
  return names.sort();
}
