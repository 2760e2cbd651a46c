import { Fault } from '@beamline/core';
import type { EnvironmentState } from './environment-state.ts';

/** @throws Fault `deployer/bad-state` when the text is not a state of this environment in a known version. */
export function parseState(text: string, environment: string): EnvironmentState {
  const bad = (what: string, cause?: unknown) =>
    new Fault('deployer/bad-state', `the stored state of ${environment} ${what}`, {
      hint: 'Restore the file from a backup; the deployment journals say what the last deployment did.',
      cause,
    });
  let state: EnvironmentState;
  try {
    state = JSON.parse(text) as EnvironmentState;
  } catch (cause) {
    throw bad('is not JSON', cause);
  }
  if (state === null || typeof state !== 'object') throw bad('is not an object');
  if (state.version !== 1) throw bad(`has version ${String(state.version)}, this program reads 1`);
  if (state.environment !== environment) throw bad(`says it belongs to ${String(state.environment)}`);
  const whole = Number.isInteger(state.revision) && typeof state.game === 'string' && Array.isArray(state.history)
    && isRecord(state.instances) && isRecord(state.modules);
  if (!whole) throw bad('lacks fields');
  return state;
}

export function stateConflict(state: EnvironmentState, stored: number): Fault {
  return new Fault('deployer/state-conflict', `${state.environment} is at revision ${stored}, the write expected ${state.revision}`, {
    hint: 'Something else changed the environment meanwhile. Read it again and plan anew.',
  });
}

const isRecord = (value: unknown): boolean => value !== null && typeof value === 'object' && !Array.isArray(value);
