import type { AoNetwork, Assignment } from '@beamline/core';
import { clientRequest, processRequest, testId } from '@beamline/kernel/testing';

export const PROCESS = testId('blue');
const [OWNER, NODE] = [testId('owner'), testId('node')];
const START = 1_700_000_000_000;
const PLAYERS = 8;

/** What a process of the game received: players join, the last one late, walk, look around, give and dig. */
export function scheduleOf(messages: number, release: string): Assignment[] {
  const assignments: Assignment[] = [];
  const seqs: Record<string, number> = {};
  const say = (from: string, tags: Record<string, string>): void => {
    const slot = assignments.length;
    const message = testId(`m${slot}`);
    const seq = (seqs[from] = (seqs[from] ?? 0) + 1);
    const timestamp = START + slot * 10;
    assignments.push({
      process: PROCESS, slot, timestamp, message, committer: from,
      req: clientRequest({ id: message, process: PROCESS, slot, timestamp, committer: from, tags: { ...tags, seq: `${seq}` } }),
    });
  };
  assignments.push({
    process: PROCESS, slot: 0, timestamp: START, message: PROCESS, committer: OWNER,
    req: processRequest({ id: PROCESS, process: PROCESS, slot: 0, timestamp: START, committer: OWNER, authority: NODE, tags: { 'beamline-seed': '7', 'beamline-release': release } }),
  });
  for (let n = 0; assignments.length <= messages; n += 1) {
    const player = testId(`player-${n % PLAYERS}`);
    const late = n % PLAYERS === PLAYERS - 1;
    if (n < PLAYERS && !late) say(player, { action: 'Join' });
    else if (late && seqs[player] === undefined && n < messages / 2) say(testId('player-0'), { action: 'Walk', by: '1' });
    else if (late && seqs[player] === undefined) say(player, { action: 'Join' });
    else if (n % 5 === 0) say(player, { action: 'Look' });
    else if (n % 7 === 0) say(player, { action: 'Give', gold: '1', to: testId('friend') });
    else if (n % 31 === 0) say(player, { action: 'Dig' });
    else say(player, { action: 'Walk', by: `${(n % 21) - 10}` });
  }
  return assignments;
}

/** Somebody who can read a schedule, and nothing else. */
export const readingNetwork = (assignments: readonly Assignment[]): Pick<AoNetwork, 'schedule'> => ({
  async *schedule(_, { from = 0, to = Infinity } = {}) {
    yield* assignments.filter(({ slot }) => slot >= from && slot <= to);
  },
});
