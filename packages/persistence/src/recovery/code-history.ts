import type { AoMap, AoNetwork, ProcessId, Slot } from '@beamline/core';
import { textDigest } from '@beamline/ecs';
import { mapOf } from '@beamline/kernel/operator';
import { readHistory } from './owner-history.ts';

/** Code that the owner put in the place of a process's own, and that answers since. */
export interface CodeChange {
  /** Of the message that committed it. */
  slot: Slot;
  /** The code without the mark of an edit. */
  code: string;
  /** Of the edit that loaded the code again, as `editProcess` was given it; absent for an upgrade. */
  edit?: string;
  /** The release that the upgrade said it was. */
  release?: string;
}

/** The last line of code that an edit loaded again. */
const MARK = /\n-- ([A-Za-z0-9/._-]+) \S+\n$/;

/**
 * Reads from the schedule what was staged in place (the owner's `Upgrade-…` operations) and from the answers whether it
 * took effect. In order; empty when the process runs what it was spawned with.
 */
export async function codeHistory(network: Pick<AoNetwork, 'schedule' | 'result'>, process: ProcessId, signal?: AbortSignal): Promise<CodeChange[]> {
  const changes: CodeChange[] = [];
  const reading = readHistory();
  let staged: string[] = [];
  for await (const assignment of network.schedule(process, {}, signal)) {
    reading.add(assignment);
    if (assignment.committer !== reading.history().owner) continue;
    const body: AoMap = mapOf(assignment.req['body']);
    switch (body['action']) {
      case 'Beamline.Upgrade-Begin': staged = []; break;
      case 'Beamline.Upgrade-Chunk':
        if (body['part'] !== 'pages') staged.push(String(body['data'] ?? ''));
        break;
      case 'Beamline.Upgrade-Commit': {
        const code = staged.join('');
        const { slot } = assignment;
        // A repetition commits nothing new, and finds what was staged gone.
        if (textDigest(code) !== body['code'] || (await network.result(process, slot, signal)).outcome !== 'ok') break;
        const [mark, edit] = MARK.exec(code) ?? [];
        changes.push({
          slot, code: mark === undefined ? code : code.slice(0, -mark.length),
          ...(edit !== undefined && { edit }), ...(body['release'] !== undefined && { release: String(body['release']) }),
        });
        staged = [];
        break;
      }
      default:
    }
  }
  return changes;
}
