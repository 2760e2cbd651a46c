import type { Clock } from '@beamline/core';
import type { Account } from './account.ts';
import type { Crowd } from '../src/index.ts';
import { openPlay, type Play } from './play.ts';
import type { JourneyReport } from './report.ts';
import { build, deploy } from './scenes/build-and-deploy.ts';
import { cutPower } from './scenes/cut-power.ts';
import { loseAndRecover } from './scenes/lose-and-recover.ts';
import { takeTwoSnapshots } from './scenes/snapshots.ts';
import { upgrade } from './scenes/upgrade.ts';
import { upgradeToBroken } from './scenes/upgrade-to-broken.ts';
import { openStage, type Stage } from './stage.ts';

export interface JourneyOptions {
  account: Account;
  clock: Clock;
  /** Folder of everything the journey makes; emptied first. */
  state: string;
  /** Folder of the players' wallets, kept between journeys. */
  wallets: string;
  port: number;
  players: number;
  /** Messages a second the crowd aims at. */
  perSecond: number;
  signal: AbortSignal;
}

/** What the scenes work with. */
export interface Scenery extends JourneyOptions {
  stage: Stage;
  play: Play;
}

export interface Journey {
  report: JourneyReport;
  url: string;
  close(): Promise<void>;
}

/** Builds, deploys, plays, snapshots, upgrades, rolls back, loses, recovers; leaves network and dashboard open. */
export async function travel(options: JourneyOptions): Promise<Journey> {
  const { account, clock, players, perSecond, wallets, signal } = options;
  account.chapter('A game, a network, a page to watch');
  const stage = await openStage(options);
  let crowd: Crowd | undefined;
  try {
    const { url } = await stage.environment('v1').parts();
    account.tell(`local AO network at ${url}, its own process; dashboard at ${stage.orchestrator.url}`);
    const first = await build({ ...options, stage }, 'v1');
    await deploy({ ...options, stage }, 'v1', first.release);

    account.chapter(`${players} players with real keys join and play`);
    const play = await openPlay({ environment: stage.environment('v1'), players, perSecond, folder: wallets, clock, onCount: counting(account, clock, perSecond) });
    const scenery: Scenery = { ...options, stage, play };
    crowd = play.crowd;
    const joining = clock.now();
    await crowd.join();
    account.tell(`${players} joined in ${clock.now() - joining} ms`);
    crowd.start();
    signal.throwIfAborted();

    const snapshots = await takeTwoSnapshots(scenery);
    const upgraded = await upgrade(scenery);
    const rollback = await upgradeToBroken(scenery);
    const recovery = await loseAndRecover(scenery);
    await cutPower(scenery);

    account.chapter('The books');
    const audit = await play.audit();
    const { ledger } = crowd;
    for (const difference of audit.differences) account.tell(difference);
    account.tell(`${audit.delivered} signed messages accepted, ${audit.applied} applied, ${audit.lost} lost, ${audit.duplicated} applied twice`);
    const status = await stage.environment('v2').status();
    account.close();
    // Somebody to watch on the dashboard.
    crowd.setRate(perSecond / 4);
    crowd.start();
    return {
      url: stage.orchestrator.url,
      async close() {
        play.crowd.abort();
        await stage.close();
      },
      report: {
        bundles: upgraded.bundles,
        processes: status.instances.filter(({ health }) => health !== 'down').length,
        players,
        messages: { sent: audit.delivered, applied: audit.applied, lost: audit.lost, duplicated: audit.duplicated, rejected: ledger.refused },
        ...snapshots,
        upgrade: upgraded.upgrade,
        recovery,
        rollback,
      },
    };
  } catch (error) {
    account.close();
    crowd?.abort();
    await stage.close();
    throw error;
  }
}

function counting(account: Account, clock: Clock, perSecond: number): (settled: number) => void {
  let [windowStart, windowCount, shown] = [clock.now(), 0, 0];
  return (settled) => {
    windowCount += 1;
    const elapsed = clock.now() - windowStart;
    if (elapsed < 500) return;
    shown = Math.round((windowCount * 1_000) / elapsed);
    [windowStart, windowCount] = [clock.now(), 0];
    account.live(`${settled} messages, ${shown}/s of ${perSecond}/s wanted`);
  };
}
