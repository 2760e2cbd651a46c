import { createHash } from 'node:crypto';
import { createOperator } from '@beamline/kernel/operator';
import { defaultConditions } from '../condition.ts';
import type { EnvironmentState } from '../environment-state.ts';
import type { ItemLedger } from '../item-ledger.ts';
import { journaledNetwork } from '../journaled-network.ts';
import type { DeploymentPlan } from '../plan.ts';
import type { RunnerOptions } from '../runner-options.ts';
import { scopeOf } from './site.ts';
import type { Site } from './site.ts';

/** `environment` is asked for each time: a rollout changes it while it goes on. */
export function createSite(options: RunnerOptions, plan: DeploymentPlan, environment: () => EnvironmentState, ledger: ItemLedger): Site {
  const {
    network, signer, operator = signer, bundles, clock, onEvent, checks = [], smoke = [], analysis = defaultConditions, requests,
    bakeMs = 0, bakePollMs = 500, quietMs = 60_000, seedOf = seedFrom,
  } = options;
  const connection = { signer, clock, environment: plan.environment };

  const desk: Site['desk'] = (course, purpose) => {
    const journaled = journaledNetwork(network, ledger, scopeOf(course, purpose));
    return { network: journaled, operator: createOperator({ ...connection, network: journaled }) };
  };

  return {
    plan, network, signer, bundles, clock, ledger,
    settings: { analysis, bakeMs, bakePollMs, quietMs, seedOf, checks, smoke },
    nodeSigner: operator,
    reader: createOperator({ ...connection, network }),
    get environment() { return environment(); },
    worlds: new Map(),
    readBacks: new Map(),
    firstSeen: new Map(),
    requests: async () => (await requests?.read(plan.id)) ?? [],
    compared: new Map(),
    desk,
    freshDesk: (course, purpose) => desk(course, `${purpose}/${ledger.freshWord()}`),
    say({ direction, batch }, step, instance, state, detail) {
      onEvent?.({
        at: clock.now(), deployment: plan.id, step, direction, ...(batch === undefined ? {} : { batch }), instance, state, ...(detail === undefined ? {} : { detail }),
      });
    },
  };
}

/** A 31-bit number that differs from instance to instance and from deployment to deployment. */
function seedFrom(deployment: string, instance: string): string {
  return String(createHash('sha256').update(`${deployment} ${instance}`).digest().readUInt32BE() >>> 1);
}
