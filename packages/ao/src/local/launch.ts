import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Fault } from '@beamline/core';
import type { Address } from '@beamline/core';
import type { LocalLimits } from './limits.ts';

export interface LaunchOptions {
  /** As for `startLocalNetwork`. */
  dir: string;
  /** @default 0, a free one */
  port?: number;
  limits?: LocalLimits;
}

/** A local network in a process of its own. It ends with the process that launched it. */
export interface LaunchedNetwork {
  url: string;
  address: Address;
  pid: number;
  /** Ends it and waits until it is gone. @param signal `SIGKILL` loses nothing that was acknowledged. @default 'SIGTERM' */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** @throws Fault `ao/network-not-started` with what the process said last. */
export async function launchLocalNetwork({ dir, port = 0, limits = {} }: LaunchOptions): Promise<LaunchedNetwork> {
  const main = new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url).pathname;
  // Flags of a test runner or debugger mean nothing to the child; the condition that finds the sources does.
  const conditions = process.execArgv.filter((flag) => flag.startsWith('--conditions='));
  // Messages live for a few milliseconds: with room for them, a quarter of the collector's work is not done.
  const child = spawn(process.execPath, ['--max-semi-space-size=32', ...conditions, main, '--dir', dir, '--port', String(port), '--limits', asText(limits), '--json', '--with-parent'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said = `${said}${text.toString()}`.slice(-2_000)));
  child.stdin.on('error', () => undefined); // it may be gone already

  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    gone.then(() => undefined),
  ]);
  if (line === undefined) {
    throw new Fault('ao/network-not-started', `the local network did not start: ${said.trim()}`, { details: { dir } });
  }
  const { url, address, pid } = JSON.parse(line) as { url: string; address: Address; pid: number };
  return {
    url, address, pid,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return gone;
    },
  };
}

function asText(limits: LocalLimits): string {
  return Object.entries(limits).map(([name, value]) => `${name}=${value}`).join(',');
}
