import { entityCount, tickOf } from '@beamline/ecs';
import { heldCount } from './held.ts';
import type { Kernel } from './kernel.ts';
import { asciiText } from '#target';

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
    'applied': counters.applied,
    'duplicates': counters.duplicates,
    'refused': counters.refused,
    'errors': counters.errors,
    'held': heldCount(kernel.held),
    'forwarded': counters.forwarded,
    'sent': counters.sent,
    'operations': counters.operations,
  };
  put(report, 'release', kernel.release);
  put(report, 'shard', kernel.shard);
  put(report, 'environment', kernel.environment);
  put(report, 'bundle', build.bundle);
  put(report, 'successor', kernel.successor);
  put(report, 'last-error', asciiText(kernel.lastError.substring(0, MAX_ERROR)));
  put(report, 'digest', kernel.digest);
  if (kernel.fence >= 0) report['fence'] = kernel.fence;
  if (kernel.digestSlot >= 0) report['digest-slot'] = kernel.digestSlot;
  return report;
}

function put(report: Health, key: string, value: string | undefined): void {
  if (value !== undefined && value !== '') report[key] = value;
}
