import type { DeployCommand, DeployEvent } from '../strategy.ts';
import { activate } from './activate.ts';
import { check } from './check.ts';
import { discard } from './discard.ts';
import { fence, thaw } from './fence.ts';
import { freeze, unfreeze } from './freeze.ts';
import { gate } from './gate.ts';
import { handOver } from './hand-over.ts';
import { introduce, link } from './introduce.ts';
import { prove } from './prove.ts';
import { publish } from './publish.ts';
import { reclaim } from './reclaim.ts';
import { reconcile } from './reconcile.ts';
import { catchUp, restore } from './restore.ts';
import { retire } from './retire.ts';
import { route } from './route.ts';
import { explainSilence } from './silence.ts';
import type { Site } from './site.ts';
import { spawn } from './spawn.ts';
import { transfer } from './transfer.ts';
import { upgrade } from './upgrade.ts';

/** Carries out one command and reports what came of it. Safe to repeat, whole or after any part of it. */
export async function perform(site: Site, command: DeployCommand, signal?: AbortSignal): Promise<DeployEvent> {
  try {
    return await performOne(site, command, signal);
  } catch (error) {
    return explainSilence(site, error, signal);
  }
}

function performOne(site: Site, command: DeployCommand, signal?: AbortSignal): Promise<DeployEvent> {
  const { course } = command;
  switch (command.do) {
    case 'publish': return publish(site, course, signal);
    case 'spawn': return spawn(site, course, signal);
    case 'introduce': return introduce(site, course, signal);
    case 'restore': return restore(site, course, signal);
    case 'catch-up': return catchUp(site, course, signal);
    case 'check': return check(site, course, signal);
    case 'fence': return fence(site, course, signal);
    case 'transfer': return transfer(site, course, signal);
    case 'activate': return activate(site, course, signal);
    case 'hand-over': return handOver(site, course, command.cut, signal);
    case 'route': return route(site, course, signal);
    case 'link': return link(site, course, signal);
    case 'reconcile': return reconcile(site, course, command.cut, signal);
    case 'upgrade': return upgrade(site, course, command.activations, signal);
    case 'prove': return prove(site, course, command.baselines, signal);
    case 'reclaim': return reclaim(site, course, command.cut, signal);
    case 'gate': return gate(site, command, signal);
    case 'freeze': return freeze(site, course, signal);
    case 'unfreeze': return unfreeze(site, course, signal);
    case 'retire': return retire(site, course, command.cut, signal);
    case 'thaw': return thaw(site, course, signal);
    case 'discard': return discard(site, course, signal);
  }
}
