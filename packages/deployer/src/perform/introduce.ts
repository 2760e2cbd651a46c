import type { ProcessId } from '@beamline/core';
import { isSpawned, type Course } from '../course.ts';
import type { DeployEvent } from '../strategy.ts';
import { sideBySide } from './side-by-side.ts';
import { processAfter, processBefore } from './site.ts';
import type { Site } from './site.ts';

interface Naming {
  on: ProcessId;
  name: string;
  process: ProcessId;
}

/**
 * Those who serve now learn to trust the greens that will write to them, without writing to them yet. Done before the
 * snapshot, so that greens inherit it and nothing of it falls into the pause.
 */
export async function introduce(site: Site, course: Course, signal?: AbortSignal): Promise<DeployEvent> {
  await name(site, course, 'introduce', 'accept', site.plan.links.flatMap(({ on, name: as, to }) => {
    const knower = processBefore(site, course, on);
    const green = course.greens[to];
    return knower === undefined || green === undefined ? [] : [{ on: knower, name: as, process: green }];
  }), signal);
  return { on: 'introduced', at: site.clock.now() };
}

/** Everybody who will serve sends to whoever will serve. What was sent to a blue meanwhile was forwarded. */
export async function link(site: Site, course: Course, signal?: AbortSignal): Promise<DeployEvent> {
  const changed = new Set(course.changes.filter(isSpawned).map(({ instance }) => instance));
  await name(site, course, 'link', 'target', site.plan.links.flatMap(({ on, name: as, to }) => {
    const knower = processAfter(site, course, on);
    const process = processAfter(site, course, to);
    const touched = changed.has(on) || changed.has(to);
    return knower === undefined || process === undefined || !touched ? [] : [{ on: knower, name: as, process }];
  }), signal);
  return { on: 'linked', at: site.clock.now() };
}

async function name(
  site: Site, course: Course, purpose: string, mode: 'accept' | 'target', namings: readonly Naming[], signal?: AbortSignal,
): Promise<void> {
  await sideBySide([...new Set(namings.map(({ on }) => on))], async (on) => {
    const { operator } = site.desk(course, `${purpose}/${on}`);
    for (const { name: as, process } of namings.filter((naming) => naming.on === on)) {
      await operator.link(on, { name: as, process, mode }, signal);
    }
  });
}
