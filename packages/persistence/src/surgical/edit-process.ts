import { Fault } from '@beamline/core';
import { upgradeProcess, type ProcessUpgraded, type UpgradeProcessOptions } from './upgrade-process.ts';

export interface EditProcessOptions extends Omit<UpgradeProcessOptions, 'code' | 'release'> {
  /** The Lua that it runs. */
  code: string;
  /** What is done, for the schedule: ASCII letters, digits, `/`, `-`. */
  name: string;
}

/**
 * Changes the world of a running process at one message boundary, or not at all. The kernel's in-place upgrade carries
 * it, with the code that runs: the code is loaded again with a last line that names the edit. An edit that was made
 * already gives back the image it got.
 * @throws Fault `persistence/bad-name`, and those of `upgradeProcess`
 */
export async function editProcess({ code, name, ...options }: EditProcessOptions, signal?: AbortSignal): Promise<ProcessUpgraded> {
  if (!/^[A-Za-z0-9/._-]+$/.test(name)) throw new Fault('persistence/bad-name', `an edit cannot be called ${JSON.stringify(name)}`);
  // Code that runs already is not loaded again: each edit has code of its own.
  return upgradeProcess({ ...options, code: (digest) => `${code}\n-- ${name} ${digest}\n` }, signal);
}
