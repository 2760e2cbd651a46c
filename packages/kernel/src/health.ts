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
  if (kernel.release !== '') report['release'] = kernel.release;
  if (kernel.shard !== '') report['shard'] = kernel.shard;
  if (kernel.environment !== '') report['environment'] = kernel.environment;
  if (build.bundle !== undefined) report['bundle'] = build.bundle;
  if (kernel.successor !== '') report['successor'] = kernel.successor;
  if (kernel.fence >= 0) report['fence'] = kernel.fence;
  if (kernel.lastError !== '') report['last-error'] = asciiText(kernel.lastError.substring(0, MAX_ERROR));
  if (kernel.digestSlot >= 0) {
    report['digest'] = kernel.digest;
    report['digest-slot'] = kernel.digestSlot;
  }
  return report;
}
