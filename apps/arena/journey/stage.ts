import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ethereumSigner } from '@beamline/ao';
import type { Clock } from '@beamline/core';
import { createOrchestrator, type Orchestrator } from '@beamline/orchestrator';
import { createStack, loadConfig, type Environment, type Stack } from '@beamline/stack';
import { randomBytes } from 'node:crypto';
import { createSmokeTest } from '../src/index.ts';

export type Version = 'v1' | 'v2' | 'v3';

/** Three versions of the game over one environment, and the page to watch it on. */
export interface Stage {
  stack(version: Version): Stack;
  environment(version: Version): Environment;
  orchestrator: Orchestrator;
  close(): Promise<void>;
}

export interface StageOptions {
  /** Emptied first: every journey begins with a new network. */
  state: string;
  port: number;
  clock: Clock;
}

const CONFIGS: Record<Version, string> = {
  v1: 'beamline.v1.config.ts', v2: 'beamline.config.ts', v3: 'beamline.v3.config.ts',
};
const ENVIRONMENT = 'local';

export async function openStage({ state, port, clock }: StageOptions): Promise<Stage> {
  await rm(state, { recursive: true, force: true });
  const smoke = [createSmokeTest(ethereumSigner(randomBytes(32).toString('hex')))];
  const open = async (version: Version) =>
    createStack(await loadConfig(join(import.meta.dirname, '..', CONFIGS[version])), { state, clock, probes: { smoke } });
  const stacks: Record<Version, Stack> = { v1: await open('v1'), v2: await open('v2'), v3: await open('v3') };
  // The first to ask starts the network; the others find it running. It is closed last.
  await stacks.v1.environment(ENVIRONMENT).parts();
  const orchestrator = await createOrchestrator({ environment: stacks.v2.environment(ENVIRONMENT), port });
  return {
    stack: (version) => stacks[version],
    environment: (version) => stacks[version].environment(ENVIRONMENT),
    orchestrator,
    async close() {
      await orchestrator.close();
      for (const version of ['v3', 'v2', 'v1'] as const) await stacks[version].close();
    },
  };
}
