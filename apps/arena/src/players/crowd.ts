import type { AoNetwork, Clock, ProcessId, Signer } from '@beamline/core';
import { deliver, type Fate } from './deliver.ts';
import { accountOf, createLedger, type Ledger } from './ledger.ts';
import { createRoute, type Route } from './route.ts';
import { createTemper, type Temper, type Wish } from './temper.ts';

export interface CrowdOptions {
  network: AoNetwork;
  /** Stable names of the processes; a player fights in the shard its number falls to. */
  aliases: { world: string; battle: readonly string[]; market: string };
  /** One player each. */
  signers: readonly Signer[];
  clock: Clock;
  /** Messages a second, all players together; each waits for its answer before it goes on. @default 60 */
  perSecond?: number;
  /** Of the players' wishes. @default 1 */
  seed?: number;
  /** Books of an earlier crowd of the same players, to go on from. @default empty */
  ledger?: Ledger;
  /** @default network.resolve */
  resolve?: (alias: string, signal?: AbortSignal) => Promise<ProcessId | undefined>;
  /** Hears how each message went. `ms` from signing to answer. */
  onMessage?: (message: { player: number; alias: string; action: string; fate: Fate; ms: number }) => void;
}

/** Players who sign and send on their own until stopped. */
export interface Crowd {
  readonly ledger: Ledger;
  /** Players whose message is under way. */
  readonly busy: number;
  /** Everyone who has not joined joins, as fast as the network takes it. */
  join(): Promise<void>;
  start(): void;
  setRate(perSecond: number): void;
  /** No new messages; resolves with the books once every message under way has its answer. */
  stop(): Promise<Ledger>;
  /** Gives up messages under way too, for shutting down: the books are then no longer exact. */
  abort(): void;
}

interface Player {
  number: number;
  signer: Signer;
  temper: Temper;
  busy: boolean;
}

const PACE_MS = 20;
const JOINING_AT_ONCE = 8;

export function createCrowd(options: CrowdOptions): Crowd {
  const { network, aliases, signers, clock, seed = 1, ledger = createLedger(), onMessage } = options;
  const others = signers.map(({ address }) => address);
  const players = signers.map((signer, number): Player => ({ number, signer, temper: createTemper({ number, seed, others }), busy: false }));
  const routes = new Map<string, Route>();
  const aborter = new AbortController();
  const underWay = new Set<Promise<void>>();
  let perSecond = options.perSecond ?? 60;
  let turn = 0;
  let pacing: Promise<void> | undefined;
  let going = false;

  function routeTo({ venue }: Wish, { number }: Player): Route {
    const alias = venue === 'battle' ? aliases.battle[number % aliases.battle.length]! : aliases[venue];
    const known = routes.get(alias);
    if (known !== undefined) return known;
    const { resolve } = options;
    const route = createRoute({ network, alias, clock, ...(resolve === undefined ? {} : { resolve }) });
    routes.set(alias, route);
    return route;
  }

  /** One message of one player, with everything it takes to deliver it. */
  async function act(player: Player): Promise<void> {
    const wish = player.temper.next();
    const route = routeTo(wish, player);
    const account = accountOf(ledger, player.signer.address, route.alias);
    const startedAt = clock.now();
    const fate = await deliver({ network, clock, ledger }, player.signer, route, account, wish.intent, aborter.signal);
    if (wish.intent.action === 'Join' && (fate.fate === 'ok' || fate.code === 'arena/already-joined')) player.temper.joined = true;
    onMessage?.({ player: player.number, alias: route.alias, action: wish.intent.action, fate, ms: clock.now() - startedAt });
  }

  function begin(player: Player): Promise<void> {
    player.busy = true;
    const job = act(player).catch((error: unknown) => {
      if (!aborter.signal.aborted) throw error;
    }).finally(() => {
      player.busy = false;
      underWay.delete(job);
    });
    underWay.add(job);
    return job;
  }

  function nextIdle(): Player | undefined {
    for (let i = 0; i < players.length; i++) {
      const player = players[(turn + i) % players.length]!;
      if (player.busy) continue;
      turn = (player.number + 1) % players.length;
      return player;
    }
    return undefined;
  }

  async function pace(): Promise<void> {
    let due = 0;
    let last = clock.now();
    while (going) {
      await clock.sleep(PACE_MS, aborter.signal).catch(() => undefined);
      const now = clock.now();
      // What a slow network left undone is not made up for: at most half a second's worth at once.
      due = Math.min(due + ((now - last) * perSecond) / 1_000, perSecond / 2);
      last = now;
      for (let player = nextIdle(); going && due >= 1 && player !== undefined; player = nextIdle()) {
        due -= 1;
        void begin(player);
      }
    }
  }

  return {
    ledger,
    get busy() {
      return underWay.size;
    },
    async join() {
      const waiting = players.filter(({ temper, busy }) => !temper.joined && !busy);
      await Promise.all(Array.from({ length: JOINING_AT_ONCE }, async () => {
        for (let player = waiting.shift(); player !== undefined; player = waiting.shift()) await begin(player);
      }));
    },
    start() {
      if (going) return;
      going = true;
      pacing = pace();
    },
    setRate(rate) {
      perSecond = rate;
    },
    async stop() {
      going = false;
      await pacing;
      await Promise.all(underWay);
      return ledger;
    },
    abort() {
      going = false;
      aborter.abort();
    },
  };
}
