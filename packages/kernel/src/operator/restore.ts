import type { ProcessId } from '@beamline/core';
import { prepare, submit, type Connection } from './call.ts';
import type { PageText } from './snapshot-index.ts';

export interface RestoreRequest {
  /** Layout hash; must be the bundle's own. */
  layout: string;
  /** Digest the world must have when all pages are in. */
  digest: string;
  /** Rows of every table; one left out has none. */
  tables: Iterable<{ name: string; rows: number }>;
  pages: Iterable<PageText> | AsyncIterable<PageText>;
  /** `current`: the process already holds these tables and `pages` are those that differ. @default 'empty' */
  base?: 'empty' | 'current';
}

/** Bytes of page text per message. */
const BATCH_BYTES = 400_000;

/**
 * Replaces a standby process's world, or changes nothing. Safe to repeat from the start.
 * @throws Fault `kernel/digest-mismatch`, `kernel/layout-mismatch`, `kernel/unknown-table`, `ecs/bad-page`, `ecs/bad-world`.
 */
export async function restore(connection: Connection, process: ProcessId, request: RestoreRequest, signal?: AbortSignal): Promise<void> {
  const { layout, digest, tables, pages, base = 'empty' } = request;
  const call = async (operation: 'Restore-Begin' | 'Restore-Pages' | 'Restore-Commit', tags: Record<string, string>, data = '') =>
    submit(connection, await prepare(connection, process, operation, { tags, data }), signal);

  await call('Restore-Begin', { Layout: layout, Base: base }, [...tables].map(({ name, rows }) => `${name}:${rows}`).join(';'));
  let batch: string[] = [];
  let size = 0;
  for await (const { table, page, text } of pages) {
    if (size > 0 && size + text.length > BATCH_BYTES) {
      await call('Restore-Pages', {}, batch.join('|'));
      batch = [];
      size = 0;
    }
    batch.push(`${table}/${page}:${text}`);
    size += text.length;
  }
  if (batch.length > 0) await call('Restore-Pages', {}, batch.join('|'));
  await call('Restore-Commit', { Digest: digest });
}
