import { createHash } from 'node:crypto';
import { Fault } from '@beamline/core';
import { sha256Hex } from '../sha256.ts';
import { ARCHIVE_FOOTER, ARCHIVE_HEADER, ARCHIVE_VERSION, decodeFooter, framedLength, isEntry, unframed, type ArchiveEntry, type PlacedEntry } from './archive-format.ts';

/** Bytes that can be read anywhere: a file, an object, a buffer. */
export interface RandomAccess {
  sizeBytes: number;
  /** Exactly `length` bytes from `offset` on, fewer only at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface Archive {
  readonly entries: readonly ArchiveEntry[];
  /** One entry, its hash checked. `undefined`: it has none of that name. @throws Fault `persistence/archive-damaged` */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Reads all of it: the whole's hash, every entry's place. @throws Fault `persistence/archive-damaged`, naming the entry */
  verify(): Promise<void>;
}

export interface OpenArchiveOptions {
  /** Takes what is whole of a file that lost its end or its index, reading it from the front. @default false */
  salvage?: boolean;
}

const READ = 1024 * 1024;

/** @throws Fault `persistence/archive-damaged`, `persistence/archive-version` */
export async function openArchive(source: RandomAccess, { salvage = false }: OpenArchiveOptions = {}): Promise<Archive> {
  const head = Buffer.from(await source.read(0, ARCHIVE_HEADER));
  if (head.length < ARCHIVE_HEADER || head.toString('latin1', 0, 4) !== 'BLAR') throw damaged('does not begin like one', source.sizeBytes === 0 ? undefined : 0);
  const version = head.readUInt32LE(4);
  if (version !== ARCHIVE_VERSION) {
    throw new Fault('persistence/archive-version', `the archive has version ${version}; this reader knows ${ARCHIVE_VERSION}`, { hint: 'Upgrade Beamline to the version that wrote it.' });
  }
  const placed = salvage ? await fromTheFront(source) : await fromTheIndex(source);
  const byName = new Map(placed.map((entry) => [entry.name, entry]));

  async function read(name: string): Promise<Uint8Array | undefined> {
    const entry = byName.get(name);
    if (entry === undefined) return undefined;
    const body = await source.read(entry.offset, entry.sizeBytes);
    if (body.length !== entry.sizeBytes || sha256Hex(body) !== entry.sha256) throw damaged(`has another ${name} than it says`, entry.offset);
    return body;
  }

  return {
    entries: placed.map(({ name, sizeBytes, sha256 }) => ({ name, sizeBytes, sha256 })),
    read,
    async verify() {
      for (const { name } of placed) await read(name);
      if (salvage) return;
      const footer = await source.read(source.sizeBytes - ARCHIVE_FOOTER, ARCHIVE_FOOTER);
      const whole = createHash('sha256');
      const end = source.sizeBytes - ARCHIVE_FOOTER + 8;
      for (let at = 0; at < end; at += READ) whole.update(await source.read(at, Math.min(READ, end - at)));
      if (whole.digest('hex') !== decodeFooter(footer)?.sha256) throw damaged('as a whole does not have the hash it says', undefined);
    },
  };
}

async function fromTheIndex(source: RandomAccess): Promise<PlacedEntry[]> {
  const footer = decodeFooter(await source.read(Math.max(0, source.sizeBytes - ARCHIVE_FOOTER), ARCHIVE_FOOTER));
  if (footer === undefined) throw damaged('has lost its end', source.sizeBytes);
  const length = framedLength(await source.read(footer.indexAt, 8), 'INDX');
  const index = length === undefined || footer.indexAt + length + ARCHIVE_FOOTER !== source.sizeBytes ? undefined : unframed(await source.read(footer.indexAt, length));
  if (!Array.isArray(index) || !index.every((entry): entry is PlacedEntry => isEntry(entry) && Number.isSafeInteger((entry as PlacedEntry).offset))) {
    throw damaged('has a damaged index', footer.indexAt);
  }
  return index;
}

async function fromTheFront(source: RandomAccess): Promise<PlacedEntry[]> {
  const found: PlacedEntry[] = [];
  for (let at = ARCHIVE_HEADER; ;) {
    const length = framedLength(await source.read(at, 8), 'ENTR');
    const entry = length === undefined ? undefined : unframed(await source.read(at, length));
    if (length === undefined || !isEntry(entry)) return found;
    const offset = at + length;
    at = offset + entry.sizeBytes;
    if (at > source.sizeBytes) return found;
    // A damaged body is passed over: its header says where the next entry begins.
    if (sha256Hex(await source.read(offset, entry.sizeBytes)) === entry.sha256) found.push({ ...entry, offset });
  }
}

function damaged(how: string, offset: number | undefined): Fault {
  return new Fault('persistence/archive-damaged', `the archive ${how}${offset === undefined ? '' : ` (at byte ${offset})`}`, {
    hint: 'Use another copy of it. What is whole can be taken out of this one: beamline backup extract --salvage.',
    ...(offset !== undefined && { details: { offset } }),
  });
}
