import type { AoNetwork, Clock, Output, ProcessId, Signer } from '@beamline/core';

/** What a smoke test is shown: the processes of the release under test. The deployer's probes have this shape. */
export interface SmokeContext {
  phase: 'fork' | 'standby' | 'live';
  network: AoNetwork;
  clock: Clock;
  instances: readonly { role: string; process: ProcessId }[];
}

export type SmokeTest = (context: SmokeContext, signal?: AbortSignal) => Promise<readonly string[]>;

const LOOKS = 40;
const LOOK_MS = 100;
const STEPS = 3;

/**
 * Plays a little with the live processes, or those of a fork, as a player of its own: joins, walks three cells and looks where that led, asks
 * the battle for its record and the market for a price. Answers one sentence per thing that is not as it should be.
 */
export function createSmokeTest(signer: Signer): SmokeTest {
  return async ({ phase, network, clock, instances }, signal) => {
    if (phase === 'standby') return [];
    const ask = async (process: ProcessId, action: string, tags: Record<string, string> = {}): Promise<Output> => {
      const named = Object.entries({ Action: action, ...tags }).map(([name, value]) => ({ name, value }));
      const delivery = await network.send(await network.signMessage(signer, { target: process, tags: named, data: '' }), signal);
      return delivery.outcome === 'computed' ? delivery.output : { outcome: 'error', code: 'not computed' };
    };
    const problems: string[] = [];
    for (const { role, process } of instances) {
      if (role === 'world') problems.push(...await walk((action, tags) => ask(process, action, tags), () => clock.sleep(LOOK_MS, signal)));
      if (role === 'battle') problems.push(...expect('Record', await ask(process, 'Record'), /^wins=\d+/, 'arena/unknown-fighter'));
      if (role === 'market') problems.push(...expect('Price', await ask(process, 'Price', { item: '1' }), /^price \d+$/));
    }
    return problems;
  };
}

async function walk(ask: (action: string, tags?: Record<string, string>) => Promise<Output>, pause: () => Promise<void>): Promise<string[]> {
  const joined = expect('Join', await ask('Join', { name: 'Smoke Test' }), /^player \d+$/, 'arena/already-joined');
  if (joined.length > 0) return joined;
  const from = positionOf(await ask('Look'));
  if (from === undefined) return ['Look does not tell where the player is'];
  const to = { x: from.x < 500 ? from.x + STEPS : from.x - STEPS, y: from.y };
  const moved = expect('Move', await ask('Move', { x: `${to.x}`, y: `${to.y}` }), /^heading \d+,\d+$/);
  if (moved.length > 0) return moved;
  let at = from;
  for (let look = 0; look < LOOKS; look++) {
    await pause();
    at = positionOf(await ask('Look')) ?? at;
    if (at.x === to.x && at.y === to.y) return [];
    if (at.y !== to.y) return [`a player at ${from.x},${from.y} told to walk to ${to.x},${to.y} is at ${at.x},${at.y}`];
  }
  return [`a player told to walk to ${to.x},${to.y} has got no further than ${at.x},${at.y}`];
}

function expect(action: string, { outcome, code, data }: Output, shape: RegExp, unless?: string): string[] {
  if (outcome === 'ok' && shape.test(`${data}`)) return [];
  if (outcome === 'refused' && code === unless) return [];
  return [`${action} answered ${outcome} ${code ?? data ?? ''}`];
}

function positionOf({ data }: Output): { x: number; y: number } | undefined {
  const [, x, y] = /^x=(\d+) y=(\d+) /.exec(`${data}`) ?? [];
  return x === undefined || y === undefined ? undefined : { x: Number(x), y: Number(y) };
}
