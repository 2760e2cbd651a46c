import { ethereumSigner } from '@beamline/ao';
import { systemClock as clock } from '@beamline/core';
import { auditLedger, createCrowd, readSenders, type Audit, type SenderRow } from '../../apps/arena/src/index.ts';
import type { Stage } from './stage.ts';

export const PER_SECOND = 60;

/** Arena's crowd at play against what a stage runs. */
export interface Play {
  /** Messages answered so far. */
  answered(): number;
  /** Ends the play, and holds every player's books against what the processes that serve by then applied. */
  audit(): Promise<Audit>;
}

/** Resolves once everybody has joined and plays. */
export async function openPlay(stage: Stage, players: number): Promise<Play> {
  const instances = Object.values((await stage.state()).instances);
  const aliasesOf = (role: string) => instances.filter((each) => each.role === role).map(({ alias }) => alias);
  let answered = 0;
  const crowd = createCrowd({
    network: stage.network, clock, perSecond: PER_SECOND, onMessage: () => { answered += 1; },
    signers: Array.from({ length: players }, (_, n) => ethereumSigner((n + 1_000).toString(16).padStart(64, '0'))),
    aliases: { world: aliasesOf('world')[0]!, market: aliasesOf('market')[0]!, battle: aliasesOf('battle') },
  });
  await crowd.join();
  crowd.start();
  return {
    answered: () => answered,
    async audit() {
      const ledger = await crowd.stop();
      const senders: Record<string, SenderRow[]> = {};
      for (const { alias, process } of Object.values((await stage.state()).instances)) senders[alias] = await readSenders(stage.operator, process);
      return auditLedger(ledger, senders);
    },
  };
}
