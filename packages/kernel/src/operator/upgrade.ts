import { textDigest } from '@beamline/ecs';
import { Fault, type ProcessId } from '@beamline/core';
import { prepare, submit, type Connection } from './call.ts';
import { readHealth } from './kernel-health.ts';
import { BATCH_BYTES, pageBatches, rowsText, type RestoreRequest } from './restore.ts';

export interface UpgradeRequest {
  /** The new Lua bundle. */
  code: string;
  /** Shown in health from then on. @default the one shown now */
  release?: string;
  /** For a bundle of another layout: its world, made of the one whose digest is `from`. Freeze the process first. */
  migrated?: Omit<RestoreRequest, 'base'> & { from: string };
}

/**
 * Replaces a Lua process's code in place, or changes nothing. Safe to repeat from the start: code that runs already is
 * not sent again.
 * @throws Fault `kernel/not-ascii`; `kernel/no-upgrade`, `kernel/bad-code`, `kernel/layout-mismatch`,
 * `kernel/digest-mismatch`, and those of a restore.
 */
export async function upgrade(
  connection: Connection, process: ProcessId, { code, release, migrated }: UpgradeRequest, signal?: AbortSignal,
): Promise<void> {
  if (!/^[\t\n\r\x20-\x7e]*$/.test(code)) {
    throw new Fault('kernel/not-ascii', 'a bundle must be ASCII: other bytes do not reach a process unchanged', {
      hint: 'Build it with the bundler, which escapes them.',
    });
  }
  const digest = textDigest(code);
  if ((await readHealth(connection.network, process, signal))?.code === digest) return;
  const call = async (operation: 'Upgrade-Begin' | 'Upgrade-Chunk' | 'Upgrade-Commit', tags: Record<string, string | undefined>, data = '') =>
    submit(connection, await prepare(connection, process, operation, { tags, data }), signal);

  await call('Upgrade-Begin', {});
  for (let at = 0; at < code.length; at += BATCH_BYTES) await call('Upgrade-Chunk', {}, code.slice(at, at + BATCH_BYTES));
  const common = { Code: digest, Release: release };
  if (migrated === undefined) return void await call('Upgrade-Commit', common);
  for await (const batch of pageBatches(migrated.pages)) await call('Upgrade-Chunk', { Part: 'pages' }, batch);
  const { layout, from, digest: after, tables } = migrated;
  await call('Upgrade-Commit', { ...common, Layout: layout, From: from, Digest: after }, rowsText(tables));
}
