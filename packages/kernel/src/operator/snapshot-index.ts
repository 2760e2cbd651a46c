import type { Column, FieldKind } from '@beamline/ecs';
import { Fault, type AoNetwork, type ProcessId, type Slot } from '@beamline/core';
import type { Phase } from '../phase.ts';
import type { OperationReply } from './call.ts';
import { parseReply } from './reply.ts';

export interface PageIndex {
  /** The cheap digest kept inside: `h1-h2`. */
  digest: string;
  /** Slot of the last write. */
  stamp: Slot;
}

export interface TableIndex {
  name: string;
  columns: Column[];
  rows: number;
  pages: PageIndex[];
}

export interface ChunkIndex {
  /** Under `results/chunks/` of the snapshot's slot. */
  name: string;
  pages: { table: string; page: number }[];
}

/** What a snapshot holds: every table and page of the world, and which of them came along as chunks. */
export interface SnapshotIndex {
  format: 1;
  slot: Slot;
  /** Present on a frozen process: nothing was applied after this slot. */
  fence?: Slot;
  layout: string;
  phase: Phase;
  /** Of the whole world. */
  digest: string;
  tables: TableIndex[];
  chunks: ChunkIndex[];
}

/** One page, as `pageText` of `@beamline/ecs` writes it. */
export interface PageText {
  table: string;
  page: number;
  text: string;
}

export interface SnapshotReply {
  /** Where the chunks are; the operation's own slot. */
  slot: Slot;
  index: SnapshotIndex;
  /** The pages written after `since`, one chunk at a time. May be read again. */
  pages(signal?: AbortSignal): AsyncIterable<PageText>;
}

interface RawIndex extends Omit<SnapshotIndex, 'tables' | 'chunks'> {
  tables: { name: string; columns: string; rows: number; pages: [string, Slot][] }[];
  chunks: [string, string[]][];
}

/** @throws Fault `kernel/format` for an index of another version. */
export function parseIndex(reply: OperationReply): SnapshotIndex {
  const raw = parseReply<RawIndex>(reply);
  if (raw.format !== 1) throw new Fault('kernel/format', `a snapshot index has format ${raw.format}, this reads 1`);
  return {
    ...raw,
    tables: raw.tables.map(({ name, columns, rows, pages }) => ({
      name, rows, columns: columns.split(',').map(parseColumn), pages: pages.map(([digest, stamp]) => ({ digest, stamp })),
    })),
    chunks: raw.chunks.map(([name, pages]) => ({ name, pages: pages.map(parsePageName) })),
  };
}

export function snapshotReply(network: AoNetwork, process: ProcessId, reply: OperationReply): SnapshotReply {
  const index = parseIndex(reply);
  return {
    slot: reply.slot,
    index,
    async *pages(signal) {
      for (const { name, pages } of index.chunks) {
        const texts = (await network.resultText(process, reply.slot, `chunks/${name}`, signal)).split('|');
        if (texts.length !== pages.length) {
          throw new Fault('kernel/bad-chunk', `chunk ${name} of slot ${reply.slot} has ${texts.length} pages instead of ${pages.length}`, {
            hint: 'The node answered with something else. Take the snapshot again.', retryable: true,
          });
        }
        for (const [at, page] of pages.entries()) yield { ...page, text: texts[at]! };
      }
    },
  };
}

function parseColumn(text: string): Column {
  const colon = text.lastIndexOf(':');
  return { name: text.slice(0, colon), kind: text.slice(colon + 1) as FieldKind };
}

function parsePageName(name: string): { table: string; page: number } {
  const slash = name.lastIndexOf('/');
  return { table: name.slice(0, slash), page: Number(name.slice(slash + 1)) };
}
