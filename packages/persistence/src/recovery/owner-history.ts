import type { Address, AoMap, Assignment, ProcessId, Slot } from '@beamline/core';

/** What the owner did to a process, as far as a recovery must know. */
export interface OwnerHistory {
  /**
   * The last slot that changed the state otherwise than by one of its own messages (a restore, a replay, an activation,
   * the end of a fence); 0 when there is none. Only messages after it can be replayed one by one.
   */
  settledAt: Slot;
  /** Predecessors whose forwards the process accepted. */
  acceptFrom: readonly ProcessId[];
  /** Who signed the process message. */
  owner: Address;
}

/** A `Link` operation: part of the state that no game message carries. */
export interface NamedLink {
  slot: Slot;
  name: string;
  process: ProcessId;
  mode?: 'accept';
}

const SETTLING = new Set(['Restore-Commit', 'Replay', 'Activate', 'Thaw', 'Upgrade-Commit'].map((name) => `Beamline.${name}`));

export function ownerHistory(schedule: Iterable<Assignment>): OwnerHistory {
  const reading = readHistory();
  for (const assignment of schedule) reading.add(assignment);
  return reading.history();
}

/** Reads a schedule as it streams by, so that it need not fit into memory. */
export function readHistory(): { add(assignment: Assignment): void; history(): OwnerHistory } {
  const acceptFrom = new Set<ProcessId>();
  let owner: Address | undefined;
  let settledAt = 0;
  return {
    add({ committer, slot, req }) {
      owner ??= committer;
      if (committer !== owner) return;
      const body = req['body'] as AoMap;
      const action = String(body['action']);
      if (SETTLING.has(action)) settledAt = slot;
      if (action !== 'Beamline.Activate') return;
      for (const process of String(body['accept-from'] ?? '').split(',')) if (process !== '') acceptFrom.add(process.trim());
    },
    history: () => ({ settledAt, acceptFrom: [...acceptFrom], owner: owner ?? '' }),
  };
}

/** The link that the owner asked for in this assignment. */
export function linkIn({ req, slot, committer }: Assignment, owner: Address): NamedLink | undefined {
  const body = req['body'] as AoMap;
  if (committer !== owner || body['action'] !== 'Beamline.Link') return undefined;
  const link = { slot, name: String(body['link-name'] ?? ''), process: String(body['link-process'] ?? '') };
  return body['link-mode'] === 'accept' ? { ...link, mode: 'accept' } : link;
}
