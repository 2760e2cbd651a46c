import { createHash } from 'node:crypto';
import { Fault, isFault } from '@beamline/core';
import { createOperator } from '@beamline/kernel/operator';
import type { DeploymentPlan } from '../plan.ts';
import type { RunnerOptions } from '../runner-options.ts';
import { sideBySide } from './side-by-side.ts';
import { silentOf } from './silence.ts';

/**
 * Everything that can be known to be wrong before the first side effect.
 * @throws Fault `deployer/bad-plan`, `deployer/data-misfit`, `deployer/bundle-mismatch`, `deployer/not-ready`
 */
export async function assertReady(options: RunnerOptions, plan: DeploymentPlan): Promise<void> {
  if (plan.version !== 1) throw badPlan(`it has version ${String(plan.version)}, this program reads 1`);
  assertFits(plan);
  for (const { role, release, bundle } of plan.changes) assertBundle(await options.bundles.lua(release, role), bundle, role);

  const operator = createOperator({ network: options.network, signer: options.signer, clock: options.clock, environment: plan.environment });
  await sideBySide(plan.changes, async ({ instance, blue }) => {
    if (blue === undefined) return;
    const health = await operator.health(blue);
    const owner = await ownerOf(options, blue);
    if (owner !== options.signer.address) {
      throw notReady(`${instance} is owned by ${owner}, the signer is ${options.signer.address}`, 'Use the key that spawned it.');
    }
    if (health?.phase !== 'active') {
      throw notReady(`${instance} is ${health?.phase ?? 'silent'}, not active`, 'Recover it first; a world that does not answer cannot be moved.');
    }
    if ((await silentOf(options, [blue])).length > 0) {
      throw notReady(`${instance} computes nothing any more`, `It is bricked: beamline restore ${plan.environment} ${instance}`);
    }
  });
  await assertNames(options, plan);
}

/**
 * Names must be movable when players are at the door, not found immovable then: one is set to what it names already, which
 * changes nothing.
 */
async function assertNames({ network, signer, operator = signer }: RunnerOptions, { changes }: DeploymentPlan): Promise<void> {
  const moved = changes.find(({ kind }) => kind === 'replace');
  if (moved?.blue === undefined || (await network.resolve(moved.alias)) !== moved.blue) return;
  try {
    await network.setAlias(moved.alias, moved.blue, operator);
  } catch (error) {
    if (!isFault(error) || error.retryable) throw error;
    throw notReady(`${operator.address} cannot move ${moved.alias}: ${error.code}: ${error.message}`, 'Give the node’s operator: environments.<name>.operator in the config.');
  }
}

/** Entities that don't fit would stop the deployment at its fence; so it doesn't begin. */
function assertFits({ instances }: DeploymentPlan): void {
  const misfits = instances.flatMap(({ instance, data }) => (data?.findings ?? []).filter(({ kind }) => kind === 'misfit').map(
    ({ component, field, why, count, first }) => `${instance}: ${count} entities in ${field === undefined ? component : `${component}.${field}`}: ${why} (first: ${first.map(({ entity, value }) => `${entity}${value === undefined ? '' : ` = ${value}`}`).join(', ')})`));
  if (misfits.length === 0) return;
  throw new Fault('deployer/data-misfit', `the migration does not fit the data that is there:\n${misfits.join('\n')}`, {
    hint: 'Correct these entities in the game, or let the migration say what becomes of them, and make a new plan.',
  });
}

export function assertBundle(source: string, sha256: string, role: string): void {
  const found = createHash('sha256').update(source).digest('hex');
  if (found === sha256) return;
  throw new Fault('deployer/bundle-mismatch', `the Lua of role ${role} hashes to ${found}, the plan says ${sha256}`, {
    hint: 'The release on disk was changed. Bundle it again and make a new plan.',
  });
}

async function ownerOf({ network }: RunnerOptions, process: string): Promise<string> {
  for await (const { committer } of network.schedule(process, { from: 0, to: 0 })) return committer;
  return 'nobody';
}

const badPlan = (why: string): Fault =>
  new Fault('deployer/bad-plan', `the plan cannot be carried out: ${why}`, { hint: 'Make a new plan with this version of Beamline.' });

const notReady = (why: string, hint: string): Fault => new Fault('deployer/not-ready', why, { hint });
