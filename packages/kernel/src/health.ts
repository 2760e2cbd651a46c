import { entityCount, tickOf } from '@beamline/ecs';
import { put } from './answer.ts';
import { heldCount } from './held.ts';
import type { Counters, Kernel } from './kernel.ts';
import { asciiText, part } from '#target';

/** What `compute/health` shows: flat, integers and ASCII text; keys without a value are left out. */
export type Health = Record<string, string | number>;

const MAX_ERROR = 300;

export function health(kernel: Kernel): Health {
  const { build, counters, role, world } = kernel;
  const report: Health = {
    'phase': kernel.phase,
    'slot': kernel.slot,
    'timestamp': kernel.timestamp,
    'role': role.name,
    'layout': build.layout,
    'entities': entityCount(world),
    'tick': tickOf(world),
    'held': heldCount(kernel.held),
  };
  // beamline-disable-next-line key-order: each counter has a key of its own in the report.
  for (const name in counters) if (name !== 'ok') report[name] = counters[name as keyof Counters];
  put(report, 'release', kernel.release);
  put(report, 'shard', kernel.shard);
  put(report, 'environment', kernel.environment);
  put(report, 'bundle', build.bundle);
  put(report, 'code', kernel.code);
  put(report, 'successor', kernel.successor);
  put(report, 'last-error', asciiText(part(kernel.lastError, 0, MAX_ERROR)));
  put(report, 'digest', kernel.digest);
  if (kernel.fence >= 0) report['fence'] = kernel.fence;
  if (kernel.digestSlot >= 0) report['digest-slot'] = kernel.digestSlot;
  return report;
}
