import type { Clock, ProcessId, Slot } from '@beamline/core';
import { textDigest } from '@beamline/ecs';
import { pageBatches, rowsText, type Operator, type PageText } from '@beamline/kernel/operator';
import { imageDigest } from '../image-digest.ts';
import { receiveImage } from '../receive-tables.ts';
import type { WorldImage } from '../world-image.ts';
import { earlyPages, latePages } from './page-texts.ts';
import { withDelta } from './world-delta.ts';

export interface UpgradeProcessOptions {
  /** Signs as the owner of the process. */
  operator: Pick<Operator, 'snapshot' | 'freeze' | 'thaw' | 'call'>;
  clock: Clock;
  /** Active, of a Lua bundle; or frozen, by an attempt that was interrupted. */
  process: ProcessId;
  /** The Lua that goes on: ASCII, other than what runs. With the digest of the world as first read. */
  code: (digest: string) => string;
  /** Shown in health from then on. @default the one shown now */
  release?: string;
  /**
   * The world as that code wants it: pure, called with the state while players play and again with the state at the
   * fence. The image it got, unchanged, means that there is nothing to do.
   */
  edit: (image: WorldImage) => WorldImage;
}

export interface ProcessUpgraded {
  /** False when `edit` had nothing to do. */
  changed: boolean;
  /** Nothing was applied between this slot and the new state. */
  fence: Slot;
  /** In-process digest of the world that goes on. */
  digest: string;
  /** Pages sent while players waited. */
  pagesInPause: number;
  /** From before the fence to the end of the thaw. */
  pauseMs: number;
}

/** Characters of code per message. */
const CODE_PIECE = 400_000;

/**
 * Replaces code and world of a running process at one message boundary, or nothing: code and the pages of the new world
 * are staged beside the running one, the process is frozen, what players did meanwhile is edited too, and one owner's
 * message puts the new state in the place of exactly the state it was made of. Messages that arrived in between wait and
 * are applied after it. Interrupted anywhere, it is repeated from the start.
 * @throws Fault what `edit` throws (nothing happened then), `kernel/no-upgrade` where no Lua runs, the operator's.
 */
export async function upgradeProcess({ operator, clock, process, code, release, edit }: UpgradeProcessOptions, signal?: AbortSignal): Promise<ProcessUpgraded> {
  const first = await operator.snapshot(process, {}, signal);
  const running = await receiveImage(first.index, first.pages(signal));
  const wasFrozen = first.index.phase === 'frozen';
  const thawAnyway = (): Promise<unknown> => operator.thaw(process).catch(() => undefined);
  let draft: WorldImage;
  try {
    draft = edit(running);
  } catch (error) {
    if (wasFrozen) await thawAnyway();
    throw error;
  }
  if (draft === running) {
    if (wasFrozen) await operator.thaw(process, signal); // it went through, and then somebody was interrupted
    return { changed: false, fence: first.index.fence ?? first.index.slot, digest: first.index.digest, pagesInPause: 0, pauseMs: 0 };
  }
  const call = (operation: 'Upgrade-Begin' | 'Upgrade-Chunk' | 'Upgrade-Commit', tags: Record<string, string | undefined>, data = '') =>
    operator.call(process, operation, { tags, data }, signal);
  const send = async (pages: readonly PageText[]): Promise<void> => {
    for await (const batch of pageBatches(pages)) await call('Upgrade-Chunk', { Part: 'pages' }, batch);
  };
  const next = code(first.index.digest);
  const stage = async (pages: readonly PageText[]): Promise<void> => {
    await call('Upgrade-Begin', {});
    for (let at = 0; at < next.length; at += CODE_PIECE) await call('Upgrade-Chunk', {}, next.slice(at, at + CODE_PIECE));
    await send(pages);
  };

  await stage(earlyPages(draft));
  const beganAt = clock.now();
  const fenced = await operator.freeze(process, { since: first.index.slot }, signal);
  try {
    const before = await withDelta(running, fenced, signal);
    const after = edit(before);
    const added = latePages(after, draft);
    const late = added ?? latePages(after, { ...after, tables: [] })!;
    await (added === undefined ? stage(late) : send(late));
    const digest = imageDigest(after);
    await call('Upgrade-Commit', { Code: textDigest(next), Release: release, Layout: after.layout, From: fenced.index.digest, Digest: digest }, rowsText(after.tables));
    await operator.thaw(process, signal);
    return { changed: true, fence: fenced.index.fence ?? fenced.index.slot, digest, pagesInPause: late.length, pauseMs: clock.now() - beganAt };
  } catch (error) {
    // Whatever went wrong, players go on; if even that fails, the next attempt finds the process frozen and thaws it.
    await thawAnyway();
    throw error;
  }
}
