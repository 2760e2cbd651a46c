import { now, runSystems, setNow, setTick, tickOf } from '@beamline/ecs';
import { count, type Kernel } from './kernel.ts';
import { transact } from './transact.ts';

/**
 * Runs the steps that a message's time calls for. With `everyMs`, whole steps since the world's time, at most
 * `maxSteps`; the rest is skipped and time jumps. Each step is a transaction: a system that fails rolls its step back,
 * and time jumps over what was left of them, so that the next message does not fail for the same arrears.
 */
export function tick(kernel: Kernel, timestamp: number): void {
  const { world, role } = kernel;
  const due = timestamp - now(world);
  if (role.everyMs === 0) {
    step(kernel, due > 0 ? timestamp : now(world));
    return;
  }
  if (due < role.everyMs) return;
  // beamline-disable-next-line remainder: due is at least everyMs here.
  const end = timestamp - (due % role.everyMs);
  for (let steps = 0; steps < role.maxSteps && now(world) < end; steps++) {
    if (!step(kernel, now(world) + role.everyMs)) break;
  }
  if (now(world) < end) setNow(world, end);
}

/** One step in a transaction of its own. False: rolled back, save for the passing of time. */
function step(kernel: Kernel, time: number): boolean {
  const { world, role } = kernel;
  const tickNumber = tickOf(world) + 1;
  let running = '';
  const error = transact(kernel, () => {
    setNow(world, time);
    setTick(world, tickNumber);
    runSystems(world, role.systems, (name, edge) => {
      running = name;
      const { onSystem } = kernel.build;
      if (onSystem !== undefined) onSystem(name, edge);
    });
    return true;
  });
  if (error === undefined) return true;
  setNow(world, time);
  setTick(world, tickNumber);
  count(kernel, 'errors', 1);
  kernel.lastError = `${running}: ${error}`;
  return false;
}
