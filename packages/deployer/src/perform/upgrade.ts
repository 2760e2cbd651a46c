import { isFault, type ProcessId } from '@beamline/core';
import { textDigest } from '@beamline/ecs';
import { upgradeProcess } from '@beamline/persistence';
import type { Course, Observation, Passage, Slots } from '../course.ts';
import type { Change } from '../plan.ts';
import type { DeployEvent } from '../strategy.ts';
import { creation, swapOf } from './measure-passage.ts';
import { assertBundle } from './preflight.ts';
import { observationOf } from './observe.ts';
import { sideBySide } from './side-by-side.ts';
import { scopeOf } from './site.ts';
import type { Site } from './site.ts';
import { migrated } from './transfer-state.ts';

type Upgrade = Change & { blue: ProcessId };

/** With the Lua that is to run. */
type Staged = Upgrade & { code: string };

export const upgradesOf = ({ changes }: Pick<Course, 'changes'>): Upgrade[] =>
  changes.filter((change): change is Upgrade => change.kind === 'upgrade');

/**
 * Processes get their new code where they are, receivers before senders: each at one message boundary of its own. Code
 * that runs already is left alone, so a repetition goes on where it was.
 *
 * @param activations of the instances that the course created
 */
export async function upgrade(site: Site, course: Course, activations: Slots, signal?: AbortSignal): Promise<DeployEvent> {
  const upgrades = await sideBySide(upgradesOf(course), async (change) => ({ ...change, code: await codeOf(site, change) }));
  const baselines: Record<string, Observation> = {};
  try {
    for (const level of [...new Set(upgrades.map((change) => change.level))].sort((a, b) => a - b)) {
      await sideBySide(upgrades.filter((change) => change.level === level), async (change) => {
        baselines[change.instance] = await upgradeOne(site, course, change, signal);
      });
    }
  } catch (error) {
    if (!isFault(error) || error.retryable || signal?.aborted) throw error;
    const upgraded = (await sideBySide(upgrades, async (change) => ((await runs(site, change, signal)) ? [change.instance] : []))).flat();
    return { on: 'upgrade-refused', reason: `${error.code}: ${error.message}`, upgraded, at: site.clock.now() };
  }
  const passages: Record<string, Passage> = {};
  await sideBySide(upgrades, async (change) => {
    passages[change.instance] = await swapOf(site.network, change.blue, textDigest(change.code), signal);
  });
  await sideBySide(Object.entries(activations), async ([instance, activation]) => {
    passages[instance] = await creation(site.network, { process: course.greens[instance]!, activation }, signal);
  });
  return { on: 'upgraded', passages, baselines, at: site.clock.now() };
}

/** @returns what the process had done when the new code came */
async function upgradeOne(site: Site, course: Course, change: Staged, signal?: AbortSignal): Promise<Observation> {
  const { instance, blue, release, layoutHash, code } = change;
  const fences = `freeze/${instance}`;
  // A freeze that was signed before a crash may still be under way: it must not come after the end.
  for (const item of await site.ledger.signed(scopeOf(course, `${fences}/`))) await site.network.send(item, signal);
  const health = await site.reader.health(blue, signal);
  const { operator } = site.freshDesk(course, `upgrade/${instance}`);
  if (health?.code === textDigest(code)) {
    if (health.phase === 'frozen') await operator.thaw(blue, signal);
  } else if (health?.layout === layoutHash) {
    await operator.upgrade(blue, { code, release }, signal);
    if (health.phase === 'frozen') await operator.thaw(blue, signal);
  } else {
    const { freeze } = site.freshDesk(course, fences).operator;
    await upgradeProcess({
      operator: { ...operator, freeze }, clock: site.clock, process: blue, code: () => code, release,
      edit: (image) => ({ ...migrated(change, image), layout: layoutHash }),
    }, signal);
  }
  site.say(course, 'upgrading', instance, 'done', `runs ${release.slice(0, 8)}`);
  return health === undefined ? nothingYet(site) : observationOf(site, change, blue, health, signal);
}

async function codeOf({ bundles }: Site, { release, role, bundle }: Change): Promise<string> {
  const code = await bundles.lua(release, role);
  assertBundle(code, bundle, role);
  return code;
}

const nothingYet = ({ clock }: Site): Observation => ({ at: clock.now(), applied: 0, refused: 0, errors: 0, entities: 0, measured: {} });

const runs = async (site: Site, { blue, code }: Staged, signal?: AbortSignal): Promise<boolean> =>
  (await site.reader.health(blue, signal))?.code === textDigest(code);
