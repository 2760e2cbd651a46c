import { isFault, type AoNetwork, type AoValue } from '@beamline/core';
import { unsampled, type Health, type InstanceRef, type InstanceSample } from './instance.ts';

/** More slots behind than this is worth a look. */
const MAX_LAG = 100;

/** The part of a network that watching needs. */
export type InstanceReader = Pick<AoNetwork, 'read' | 'slots'>;

export interface ReadContext {
  network: InstanceReader;
  atMs: number;
  previous: InstanceSample | undefined;
  signal: AbortSignal;
}

/** Reads one instance. Whatever goes wrong becomes part of the sample: watching must not fail because the watched does. */
export async function readInstance(ref: InstanceRef, { network, atMs, previous, signal }: ReadContext): Promise<InstanceSample> {
  const before = previous?.process === ref.process ? previous : undefined;
  try {
    const [health, { scheduled, computed }] = await Promise.all([
      network.read(ref.process, 'health', signal),
      network.slots(ref.process, signal),
    ]);
    const told = fieldsOf(health);
    if (told === undefined) return dead(ref, before, atMs, 'the process publishes no health: it runs something else, or has not started');
    const number = (key: string): number => Number(told[key] ?? 0) || 0;
    const applied = number('applied');
    const lag = Math.max(0, scheduled - computed);
    const sample: InstanceSample = {
      ...ref,
      sampledAt: atMs,
      health: 'healthy',
      phase: String(told['phase'] ?? 'unknown'),
      entities: number('entities'),
      applied,
      duplicates: number('duplicates'),
      refused: number('refused'),
      errors: number('errors'),
      held: number('held'),
      forwarded: number('forwarded'),
      sent: number('sent'),
      slot: computed,
      lag,
      messagesPerSecond: rate(applied, atMs, before),
      lastError: String(told['last-error'] ?? ''),
    };
    return { ...sample, ...verdict(sample, before) };
  } catch (error) {
    return dead(ref, before, atMs, isFault(error) ? `${error.code}: ${error.message}` : String(error));
  }
}

function verdict(sample: InstanceSample, before: InstanceSample | undefined): { health: Health; lastError: string } {
  const { lag, slot, phase, lastError } = sample;
  // Scheduled messages that nobody computes, twice in a row: an error escaped inside, and nothing will ever run again.
  if (lag > 0 && before !== undefined && before.lag > 0 && before.slot === slot) {
    return { health: 'down', lastError: lastError || `has computed nothing since slot ${slot}` };
  }
  const failing = before !== undefined && sample.errors > before.errors;
  return { health: phase !== 'active' || lag > MAX_LAG || failing ? 'degraded' : 'healthy', lastError };
}

/** Counters stay where they were, so that totals don't fall when a process stops answering. */
const dead = (ref: InstanceRef, before: InstanceSample | undefined, atMs: number, lastError: string): InstanceSample => ({
  ...(before ?? unsampled(ref)), ...ref, sampledAt: atMs, health: 'down', phase: 'unknown', messagesPerSecond: 0, lastError,
});

function rate(applied: number, atMs: number, before: InstanceSample | undefined): number {
  if (before === undefined || before.sampledAt === 0 || atMs <= before.sampledAt) return 0;
  return Math.max(0, ((applied - before.applied) * 1_000) / (atMs - before.sampledAt));
}

const fieldsOf = (value: AoValue | undefined): Readonly<Record<string, AoValue>> | undefined =>
  (typeof value === 'object' && !Array.isArray(value) ? value : undefined);
