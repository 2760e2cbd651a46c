import type { AoMap } from '@beamline/core';
import { clientRequest, processRequest, pushedRequest, testId } from '@beamline/kernel/testing';

export type ArenaRole = 'world' | 'battle' | 'market';

const OWNER = testId('owner');
const NODE = testId('node');
const PROCESS = testId('process');
const NEIGHBOURS: Readonly<Record<ArenaRole, readonly string[]>> = { world: ['market', 'battle-0', 'battle-1'], battle: ['world'], market: ['world'] };

/** The numbers of a linear congruential generator, high bits only. */
function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
}

/**
 * What a node would hand to a process of arena, always the same: its process message, links, mixed messages good and bad,
 * a snapshot.
 */
export function arenaRequests(role: ArenaRole, messages: number): AoMap[] {
  const roll = dice(role.length);
  let timestamp = 1_700_000_000_000;
  let slot = 0;
  const spec = (tags: Record<string, string | number>) => ({
    id: testId(`${role}-${slot}`), process: PROCESS, slot: slot++, timestamp,
    tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, `${value}`])),
  });
  const owned = (action: string, tags: Record<string, string>) =>
    clientRequest({ ...spec({ action: `Beamline.${action}`, protocol: 1, issued: timestamp, ...tags }), committer: OWNER });
  const requests = [
    processRequest({ ...spec({ 'beamline-seed': 42 }), committer: OWNER, authority: NODE }),
    ...NEIGHBOURS[role].map((name) => owned('Link', { 'link-name': name, 'link-process': testId(name) })),
  ];
  const seqs = new Map<string, number>();
  for (let i = 0; i < messages; i++) {
    timestamp += roll(1500);
    const who = `player-${roll(12)}`;
    const other = testId(`player-${roll(12)}`);
    const seq = (seqs.get(who) ?? 0) + 1;
    seqs.set(who, seq);
    const say = (action: string, tags: Record<string, string | number> = {}) =>
      clientRequest({ ...spec({ action, seq, ...tags }), committer: testId(who) });
    const push = (from: string, action: string, tags: Record<string, string | number>) =>
      pushedRequest({ ...spec({ action, ...tags }), committer: NODE, fromProcess: testId(from) });
    const order = () => ({ item: 1 + roll(4), count: 1 + roll(3), price: 5 + roll(20) });
    const actions: Record<ArenaRole, (() => AoMap)[]> = {
      world: [
        () => say('Join', { name: `Player ${roll(99)}` }),
        () => say('Move', { x: roll(1010), y: roll(1000) }),
        () => say('Look'),
        () => say('Equip', { slot: roll(9) }),
        () => say('Drink', { slot: roll(8) }),
        () => say('Gather'),
        () => say('Give', { to: other, gold: roll(300) }),
        () => push(`battle-${roll(2)}`, 'Spoils', { player: testId(who), gold: roll(60), xp: roll(900), wounds: roll(70), item: roll(1001) }),
        () => push('market', 'Trade', { seller: testId(who), buyer: other, item: 1 + roll(8), count: 1 + roll(9), gold: roll(99) }),
        () => say('Join', { name: 'caf\u00e9' }),
        () => push('stranger', 'Trade', { seller: testId(who), buyer: other, item: 1, count: 1, gold: 1 }),
      ],
      battle: [() => say('Fight', { monster: roll(210) }), () => say('Record'), () => say('Fight', { monster: 1 + roll(20) }), () => say('Flee')],
      market: [() => say('Offer', order()), () => say('Bid', order()), () => say('Cancel', { order: roll(40) }), () => say('Offer', { item: 0, count: 1, price: 1 })],
    };
    requests.push(i < 12 && role === 'world' ? actions.world[0]!() : actions[role][roll(actions[role].length)]!());
  }
  return [...requests, owned('Snapshot', {})];
}
