import type { AoMap, AoNetwork, Assignment, ProcessId } from '@beamline/core';

/** The processes that served one alias one after the other, the first one first. */
export type Lineage = readonly ProcessId[];

interface Applied {
  sender: string;
  seq: number;
}

/**
 * Messages that a player sent after another and that were applied before it, anywhere along a lineage. A process applies
 * what lies in its log before the freeze that it did not come back from; the rest it passes on.
 */
export async function countReordered(network: AoNetwork, lineage: Lineage): Promise<number> {
  const seen = new Map<string, Set<number>>();
  const newest = new Map<string, number>();
  let reordered = 0;
  for (const process of lineage) {
    for (const { sender, seq } of await appliedBy(network, process)) {
      const known = seen.get(sender) ?? new Set();
      seen.set(sender, known);
      // A repeat changes nothing, wherever it comes.
      if (known.has(seq)) continue;
      known.add(seq);
      const last = newest.get(sender) ?? 0;
      if (seq < last) reordered += 1;
      else newest.set(sender, seq);
    }
  }
  return reordered;
}

async function appliedBy(network: AoNetwork, process: ProcessId): Promise<Applied[]> {
  let applied: Applied[] = [];
  /** Behind the last freeze: applied only if a thaw follows. */
  let waiting: Applied[] | undefined;
  let active = true;
  for await (const assignment of network.schedule(process)) {
    const action = tagOf(assignment, 'action');
    if (assignment.slot === 0) active = tagOf(assignment, 'beamline-phase') !== 'standby';
    else if (action === 'Beamline.Activate') active = true;
    else if (action === 'Beamline.Freeze') waiting ??= [];
    else if (action === 'Beamline.Thaw') {
      applied = [...applied, ...(waiting ?? [])];
      waiting = undefined;
    } else if (active && (action === 'Beamline.Forward' || !action.startsWith('Beamline.'))) {
      const seq = Number(tagOf(assignment, action === 'Beamline.Forward' ? 'orig-seq' : 'seq'));
      const sender = action === 'Beamline.Forward' ? tagOf(assignment, 'orig-from') : assignment.committer;
      // What processes send is another matter: nobody waits for an answer there.
      const ofPlayer = action === 'Beamline.Forward' ? tagOf(assignment, 'orig-process') === '0' : tagOf(assignment, 'from-process') === '';
      if (seq > 0 && ofPlayer) (waiting ?? applied).push({ sender, seq });
    }
  }
  return applied;
}

function tagOf({ req }: Assignment, name: string): string {
  const value = (req['body'] as AoMap | undefined)?.[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
