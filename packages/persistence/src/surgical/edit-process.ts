import { Fault } from '@beamline/core';
import type { Clock, ProcessId, Slot } from '@beamline/core';
import { textDigest } from '@beamline/ecs';
import { pageBatches, rowsText, type Operator, type PageText } from '@beamline/kernel/operator';
import { imageDigest } from '../image-digest.ts';
import { receiveImage } from '../receive-tables.ts';
import type { WorldImage } from '../world-image.ts';
import { earlyPages, latePages } from './page-texts.ts';
import { withDelta } from './world-delta.ts';

export interface EditProcessOptions {
  /** Signs as the owner of the process. */
  operator: Pick<Operator, 'snapshot' | 'freeze' | 'thaw' | 'call' | 'health'>;
  clock: Clock;
  /** Active, of a Lua bundle; or frozen, by an attempt that was interrupted. */
  process: ProcessId;
  /** The Lua that it runs. */
  code: string;
  /** What is done, for the schedule: ASCII letters, digits, `/`, `-`. */
  name: string;
  /**
   * What becomes of the world: pure, called with the state while players play and again with the state at the fence. An
   * edit that was made already gives back the image it got.
   */
  edit: (image: WorldImage) => WorldImage;
}

export interface ProcessEdited {
  /** False when the edit had nothing to do. */
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
 * Changes the world of a running process at one message boundary, or not at all: the pages of the edited world are
 * staged beside the running one, the process is frozen, what players did meanwhile is edited too, and one owner's
 * message puts the new state in the place of exactly the state it was made of. Messages that arrived in between wait and
 * are applied after it. The kernel's in-place upgrade carries it, with the code that runs: the code is loaded again with
 * a last line that names the edit. Interrupted anywhere, it is repeated from the start.
 * @throws Fault what `edit` throws (nothing happened then), `kernel/no-upgrade` where no Lua runs, the operator's.
 */
export async function editProcess({ operator, clock, process, code, name, edit }: EditProcessOptions, signal?: AbortSignal): Promise<ProcessEdited> {
  if (!/^[A-Za-z0-9/._-]+$/.test(name)) throw new Fault('persistence/bad-name', `an edit cannot be called ${JSON.stringify(name)}`);
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
    if (wasFrozen) await operator.thaw(process, signal); // the edit went through, and then somebody was interrupted
    return { changed: false, fence: first.index.fence ?? first.index.slot, digest: first.index.digest, pagesInPause: 0, pauseMs: 0 };
  }
  const call = (operation: 'Upgrade-Begin' | 'Upgrade-Chunk' | 'Upgrade-Commit', tags: Record<string, string>, data = '') =>
    operator.call(process, operation, { tags, data }, signal);
  const send = async (pages: readonly PageText[]): Promise<void> => {
    for await (const batch of pageBatches(pages)) await call('Upgrade-Chunk', { Part: 'pages' }, batch);
  };
  // Code that runs already is not loaded again: each edit has code of its own.
  const marked = `${code}\n-- ${name} ${first.index.digest}\n`;
  const stage = async (pages: readonly PageText[]): Promise<void> => {
    await call('Upgrade-Begin', {});
    for (let at = 0; at < marked.length; at += CODE_PIECE) await call('Upgrade-Chunk', {}, marked.slice(at, at + CODE_PIECE));
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
    await call('Upgrade-Commit', { Code: textDigest(marked), Layout: after.layout, From: fenced.index.digest, Digest: digest }, rowsText(after.tables));
    await operator.thaw(process, signal);
    return { changed: true, fence: fenced.index.fence ?? fenced.index.slot, digest, pagesInPause: late.length, pauseMs: clock.now() - beganAt };
  } catch (error) {
    // Whatever went wrong, players go on; if even that fails, the next attempt finds the process frozen and thaws it.
    await thawAnyway();
    throw error;
  }
}
