import { pageCount, pageDigest, pageText, worldDigest, type Table } from '@beamline/ecs';
import type { Envelope } from '../envelope.ts';
import { readInteger } from '../integer.ts';
import type { Kernel } from '../kernel.ts';
import { tag } from '../message.ts';

/** Pages are gathered into chunks of about this size; a page larger than that has a chunk of its own. */
const CHUNK_BYTES = 262144;

/** Pages on their way into chunks. Lists, because texts that grow by concatenation cost quadratic time. @short */
interface Packing {
  readonly chunks: string[];
  /** Per chunk: `["c0",["Position/0",…]]`. */
  readonly listing: string[];
  chunkCount: number;
  names: string[];
  texts: string[];
  count: number;
  size: number;
}

/** Answers with the index of the whole world, and with the pages written after slot `since` as this slot's chunks. */
export function snapshot(kernel: Kernel, envelope: Envelope): string {
  return snapshotSince(kernel, sinceOf(envelope));
}

/** Tag `Since`; -1, which every page is newer than, when absent. @throws 'kernel/bad-tag: …' */
export function sinceOf(envelope: Envelope): number {
  const text = tag(envelope, 'since');
  const since = text === '' ? -1 : readInteger(text);
  if (since === undefined) throw 'kernel/bad-tag: since';
  return since;
}

export function snapshotSince(kernel: Kernel, since: number): string {
  const packing: Packing = { chunks: [], listing: [], chunkCount: 0, names: [], texts: [], count: 0, size: 0 };
  const tables: string[] = [];
  let count = 0;
  for (const table of kernel.world.tables) {
    tables[count] = tableIndex(table, since, packing);
    count = count + 1;
  }
  closeChunk(packing);
  kernel.chunks = packing.chunks;
  noteDigest(kernel);
  const fence = kernel.fence < 0 ? '' : `"fence":${kernel.fence},`;
  const head = `{"format":1,"slot":${kernel.slot},${fence}"layout":"${kernel.build.layout}","phase":"${kernel.phase}"`;
  return `${head},"digest":"${kernel.digest}","tables":[${tables.join(',')}],"chunks":[${packing.listing.join(',')}]}`;
}

/** Digest of the world as of this slot; kept for health. */
export function noteDigest(kernel: Kernel): string {
  kernel.digest = worldDigest(kernel.world);
  kernel.digestSlot = kernel.slot;
  return kernel.digest;
}

function tableIndex(table: Table, since: number, packing: Packing): string {
  const columns: string[] = [];
  let count = 0;
  for (const { name, kind } of table.columns) {
    columns[count] = `${name}:${kind}`;
    count = count + 1;
  }
  const pages: string[] = [];
  for (let page = 0; page < pageCount(table); page++) {
    const stamp = table.stamps[page]!;
    pages[page] = `["${pageDigest(table, page)}",${stamp}]`;
    if (stamp > since) addPage(packing, `"${table.name}/${page}"`, pageText(table, page));
  }
  return `{"name":"${table.name}","columns":"${columns.join(',')}","rows":${table.count},"pages":[${pages.join(',')}]}`;
}

function addPage(packing: Packing, name: string, text: string): void {
  if (packing.count > 0 && packing.size + text.length > CHUNK_BYTES) closeChunk(packing);
  packing.names[packing.count] = name;
  packing.texts[packing.count] = text;
  packing.count = packing.count + 1;
  packing.size = packing.size + text.length;
}

function closeChunk(packing: Packing): void {
  if (packing.count === 0) return;
  packing.chunks[packing.chunkCount] = packing.texts.join('|');
  packing.listing[packing.chunkCount] = `["c${packing.chunkCount}",[${packing.names.join(',')}]]`;
  packing.chunkCount = packing.chunkCount + 1;
  packing.names = [];
  packing.texts = [];
  packing.count = 0;
  packing.size = 0;
}
