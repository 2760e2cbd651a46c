import type { AoMap } from '@beamline/core';
import { clientRequest, processRequest, testId } from '@beamline/kernel/testing';
import { fullSizeRequest } from '../packages/vm/bench/full-size-request.ts';

export const OWNER = testId('owner');
const PROCESS = testId('process');
const PLAYERS = 40;

/**
 * The schedule of an arena world, in the shape and size a HyperBEAM node gives it: the process, then players who join
 * and walk, look, drink, equip and give. Message rate: one each 10 ms of schedule time.
 */
export function* worldSchedule(messages: number): Generator<AoMap> {
  let timestamp = 1_700_000_000_000;
  const sized = (request: AoMap, slot: number): AoMap => {
    const full = fullSizeRequest(slot);
    const [, signed] = Object.values((full['body'] as AoMap)['commitments'] as AoMap) as [AoMap, AoMap];
    const body = request['body'] as AoMap;
    const commitments = Object.fromEntries(Object.entries(body['commitments'] as AoMap).map(([id, commitment]) =>
      [id, 'committer' in (commitment as AoMap) ? { ...signed, ...(commitment as AoMap) } : commitment]));
    return { ...full, ...request, body: { ...(full['body'] as AoMap), ...body, commitments } };
  };
  const spec = (slot: number, tags: Record<string, string>) => ({ id: testId(`m${slot}`), process: PROCESS, slot, timestamp, tags });
  yield sized(processRequest({ ...spec(0, { 'beamline-seed': '42' }), committer: OWNER, authority: testId('node') }), 0);
  for (let slot = 1; slot <= messages; slot++) {
    timestamp += 10;
    const who = (slot - 1) % PLAYERS;
    const round = Math.floor((slot - 1) / PLAYERS);
    const tags: Record<string, string> = round === 0
      ? { action: 'Join', name: `Player ${who}` }
      : round % 10 === 0 ? { action: 'Look' }
        : round % 10 === 5 ? { action: 'Give', to: testId(`player-${(who + 1) % PLAYERS}`), gold: '1' }
          : { action: 'Move', x: String((slot * 37) % 1000), y: String((slot * 91) % 1000) };
    yield sized(clientRequest({ ...spec(slot, { ...tags, seq: String(round + 1) }), committer: testId(`player-${who}`) }), slot);
  }
}

/** The owner's request for a snapshot: every table's pages and their digest. */
export function snapshotRequest(slot: number, timestamp: number): AoMap {
  return clientRequest({
    id: testId(`probe${slot}`), process: PROCESS, slot, timestamp,
    tags: { action: 'Beamline.Snapshot', protocol: '1', issued: String(timestamp) }, committer: OWNER,
  });
}
