import { Fault, type AoNetwork, type ProcessId, type Slot } from '@beamline/core';
import type { Phase } from '../phase.ts';

/** `base.health` of a process, as of its last computed slot. Optional keys are absent until they have a value. */
export interface KernelHealth {
  phase: Phase;
  slot: Slot;
  /** Of that slot's message, in milliseconds. */
  timestamp: number;
  role: string;
  layout: string;
  release?: string;
  shard?: string;
  environment?: string;
  bundle?: string;
  /** `textDigest` of the code, when it came by an upgrade. */
  code?: string;
  entities: number;
  tick: number;
  applied: number;
  duplicates: number;
  refused: number;
  errors: number;
  /** Messages waiting for the fence to end. */
  held: number;
  forwarded: number;
  sent: number;
  operations: number;
  fence?: Slot;
  successor?: ProcessId;
  'last-error'?: string;
  /** Of the world, as of `digest-slot`: the last operation that computed one. */
  digest?: string;
  'digest-slot'?: Slot;
}

/** `undefined` when nothing was computed yet. Works on a bricked process. */
export async function readHealth(network: AoNetwork, process: ProcessId, signal?: AbortSignal): Promise<KernelHealth | undefined> {
  const health = await network.read(process, 'health', signal);
  if (health === undefined) return undefined;
  if (typeof health !== 'object' || Array.isArray(health) || typeof health['phase'] !== 'string') {
    throw new Fault('kernel/no-health', `${process} shows no Beamline health`, {
      hint: 'Is this the id of a process that runs a Beamline bundle?', details: { process },
    });
  }
  return health as unknown as KernelHealth;
}
