import type { Address } from '@beamline/core';

/** What one player knows of what it sent under one alias. */
export interface Account {
  player: Address;
  alias: string;
  /** Last sequence number signed. */
  lastSeq: number;
  /** Numbers known to be in a schedule for good. All up to `lastSeq`, save the one in flight. */
  delivered: number;
}

/** The crowd's own books. Plain data: give it to the next crowd to go on. */
export interface Ledger {
  /** Messages signed and handed to the network; a message signed again because it was not taken counts once. */
  sent: number;
  /** Delivered, by answer. `pending`: in a schedule, answer unknown (held, forwarded, or the process is stuck). */
  accepted: number;
  refused: number;
  failed: number;
  pending: number;
  duplicate: number;
  /** Turned away before it counted, and signed again for whoever serves now. */
  resigned: number;
  /** The same item handed in again after an error. */
  retried: number;
  /** Messages given up: never taken, never to be. */
  rejected: number;
  /** Outbox entries that the node did not deliver; `redeliver` at the slot named by the network sends them again. */
  undelivered: number;
  accounts: Account[];
}

export function createLedger(): Ledger {
  return {
    sent: 0, accepted: 0, refused: 0, failed: 0, pending: 0, duplicate: 0, resigned: 0, retried: 0, rejected: 0, undelivered: 0,
    accounts: [],
  };
}

/** The account of a player under an alias, opened when new. */
export function accountOf(ledger: Ledger, player: Address, alias: string): Account {
  const known = ledger.accounts.find((account) => account.player === player && account.alias === alias);
  if (known !== undefined) return known;
  const opened = { player, alias, lastSeq: 0, delivered: 0 };
  ledger.accounts.push(opened);
  return opened;
}

/** A row of a process's `$senders` table. */
export interface SenderRow {
  key: string;
  /** Messages of this sender that were applied, each once. */
  applied: number;
}

export interface Audit {
  delivered: number;
  applied: number;
  /** Delivered, not applied. */
  lost: number;
  /** Applied more often than delivered. */
  duplicated: number;
  /** One line per account that does not balance. */
  differences: string[];
}

/** Compares the books with what the process behind each alias applied. Exact once nothing is held or under way. */
export function auditLedger({ accounts }: Ledger, senders: Readonly<Record<string, readonly SenderRow[]>>): Audit {
  const audit: Audit = { delivered: 0, applied: 0, lost: 0, duplicated: 0, differences: [] };
  for (const { alias, player, delivered } of accounts) {
    const applied = senders[alias]?.find(({ key }) => key === player)?.applied ?? 0;
    audit.delivered += delivered;
    audit.applied += applied;
    audit.lost += Math.max(0, delivered - applied);
    audit.duplicated += Math.max(0, applied - delivered);
    if (applied !== delivered) audit.differences.push(`${alias}: ${player} delivered ${delivered}, applied ${applied}`);
  }
  return audit;
}
