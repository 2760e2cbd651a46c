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
export const BATCH_BYTES = 400_000;

/**
 * Replaces a standby process's world, or changes nothing. Safe to repeat from the start.
 * @throws Fault `kernel/digest-mismatch`, `kernel/layout-mismatch`, `kernel/unknown-table`, `ecs/bad-page`, `ecs/bad-world`.
 */
export async function restore(connection: Connection, process: ProcessId, request: RestoreRequest, signal?: AbortSignal): Promise<void> {
  const { layout, digest, tables, pages, base = 'empty' } = request;
  const call = async (operation: 'Restore-Begin' | 'Restore-Pages' | 'Restore-Commit', tags: Record<string, string>, data = '') =>
    submit(connection, await prepare(connection, process, operation, { tags, data }), signal);

  await call('Restore-Begin', { Layout: layout, Base: base }, rowsText(tables));
  for await (const batch of pageBatches(pages)) await call('Restore-Pages', {}, batch);
  await call('Restore-Commit', { Digest: digest });
}

/** `name:rows;…` */
export function rowsText(tables: Iterable<{ name: string; rows: number }>): string {
  return [...tables].map(({ name, rows }) => `${name}:${rows}`).join(';');
}

/** Pages as messages carry them: `name/page:text`, joined by `|`. */
export async function* pageBatches(pages: Iterable<PageText> | AsyncIterable<PageText>): AsyncGenerator<string> {
  let batch: string[] = [];
  let size = 0;
  for await (const { table, page, text } of pages) {
    if (size > 0 && size + text.length > BATCH_BYTES) {
      yield batch.join('|');
      batch = [];
      size = 0;
    }
    batch.push(`${table}/${page}:${text}`);
    size += text.length;
  }
  if (batch.length > 0) yield batch.join('|');
}
