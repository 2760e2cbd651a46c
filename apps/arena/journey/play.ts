import { auditLedger, createCrowd, createSigners, readSenders, type Audit, type Crowd, type SenderRow } from '../src/index.ts';
import type { Clock } from '@beamline/core';
import type { Environment } from '@beamline/stack';

/** The crowd, and what it has got done. */
export interface Play {
  crowd: Crowd;
  players: number;
  /** Messages that got an answer or a place in a schedule so far. */
  settled(): number;
  /** The crowd pauses, every message is accounted for against the processes that serve now, and play goes on. */
  audit(): Promise<Audit>;
}

export interface PlayOptions {
  environment: Environment;
  players: number;
  perSecond: number;
  folder: string;
  clock: Clock;
  onCount?(settled: number): void;
}

export async function openPlay({ environment, players, perSecond, folder, clock, onCount }: PlayOptions): Promise<Play> {
  const { network, operator } = await environment.parts();
  const { instances } = await environment.state();
  const aliasesOf = (role: string) => Object.values(instances).filter((instance) => instance.role === role).map(({ alias }) => alias);
  const [world, market] = [aliasesOf('world')[0]!, aliasesOf('market')[0]!];
  let settled = 0;
  const crowd = createCrowd({
    network, clock, perSecond,
    signers: await createSigners({ count: players, folder }),
    aliases: { world, market, battle: aliasesOf('battle') },
    onMessage: () => onCount?.((settled += 1)),
  });

  return {
    crowd,
    players,
    settled: () => settled,
    async audit() {
      const ledger = await crowd.stop();
      const serving = Object.values((await environment.state()).instances);
      const senders: Record<string, SenderRow[]> = {};
      for (const { alias, process } of serving) senders[alias] = await readSenders(operator, process);
      return auditLedger(ledger, senders);
    },
  };
}
