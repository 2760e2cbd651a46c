/** What `npm start -- --json` prints at the end. Bytes, milliseconds and counts, all measured in this run. */
export interface JourneyReport {
  bundles: { role: string; target: string; bytes: number; gzipBytes: number }[];
  /** AO processes alive at the end. */
  processes: number;
  players: number;
  messages: Messages;
  snapshot: { bytes: number; ms: number };
  incremental: { bytes: number; ms: number; pagesReused: number };
  upgrade: {
    strategy: string;
    ms: number;
    /** The longest of the upgraded instances. */
    writePauseMs: number;
    heldMessages: number;
    lost: number;
    duplicated: number;
    rootsMatch: boolean;
    /** Signed messages per second that players got accepted while it ran. */
    messagesPerSecond: number;
  };
  recovery: { ms: number; rootsMatch: boolean };
  rollback: { triggeredBy: string; ms: number; lost: number; rootsMatch: boolean };
}

export interface Messages {
  /** Signed by players and accepted into a schedule. */
  sent: number;
  /** Applied by the processes that run at the end, each once. */
  applied: number;
  lost: number;
  duplicated: number;
  /** Applied and refused by the game's rules; part of `applied`. */
  rejected: number;
}

/** Sentences about what went wrong; none means the journey kept its promises. */
export function brokenPromises(report: JourneyReport): string[] {
  const { messages, upgrade, recovery, rollback } = report;
  const broken: string[] = [];
  if (messages.sent === 0) broken.push('no player message was sent');
  if (messages.lost !== 0) broken.push(`${messages.lost} messages were lost`);
  if (messages.duplicated !== 0) broken.push(`${messages.duplicated} messages were applied twice`);
  if (upgrade.lost !== 0) broken.push(`${upgrade.lost} messages were lost in the upgrade`);
  if (upgrade.duplicated !== 0) broken.push(`${upgrade.duplicated} messages were applied twice in the upgrade`);
  if (!upgrade.rootsMatch) broken.push('roots differed at the fence of the upgrade');
  if (!recovery.rootsMatch) broken.push('the recovered process differs from its replica');
  if (rollback.lost !== 0) broken.push(`${rollback.lost} messages were lost in the rollback`);
  if (!rollback.rootsMatch) broken.push('roots differed at the fence of the rollback');
  return broken;
}
