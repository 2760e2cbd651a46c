import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Fault, type Address, type FaultCode, type FaultOptions, type Id } from '@beamline/core';
import type { AosFile } from './aos/publish-aos.ts';
import type { LocalLimits } from './limits.ts';

export interface LaunchOptions {
  /** As for `startLocalNetwork`. */
  dir: string;
  /** @default 0, a free one */
  port?: number;
  limits?: LocalLimits;
  /** Outlives the process that launched it; what it complains about goes to `<dir>/network.out`. @default false */
  detached?: boolean;
  aos?: AosFile;
}

/** A local network in a process of its own. Unless detached, it ends with the process that launched it. */
export interface LaunchedNetwork {
  url: string;
  address: Address;
  /** Id of the module that `aos` supplied. */
  aosModule?: Id;
  pid: number;
  /** Resolves with the signal or exit code once it is gone. */
  ended: Promise<string>;
  /** Ends it and waits until it is gone. @param signal `SIGKILL` loses nothing that was acknowledged. @default 'SIGTERM' */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/**
 * Resolves once it answers.
 * @throws Fault of `startLocalNetwork`; `ao/network-not-started` with what the process said last.
 */
export async function launchLocalNetwork({ dir, port = 0, limits = {}, detached = false, aos }: LaunchOptions): Promise<LaunchedNetwork> {
  const main = new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url).pathname;
  // Messages live for a few milliseconds: with room for them, a quarter of the collector's work is not done.
  const command = ['--max-semi-space-size=64', ...conditions(), main, '--dir', dir, '--port', String(port), '--limits', asText(limits), ...aosFlags(aos), '--json'];
  const child = detached ? await spawnDetached(command, dir) : spawn(process.execPath, [...command, '--with-parent'], { stdio: ['pipe', 'pipe', 'pipe'], env: environment() });
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`)).once('error', (error) => resolve(error.message));
  });
  let said = '';
  child.stderr?.on('data', (text: Buffer) => (said = `${said}${text.toString()}`.slice(-2_000)));
  child.stdin?.on('error', () => undefined); // it may be gone already

  const line = await Promise.race([firstLine(child), ended.then(() => undefined)]);
  const told = line === undefined ? undefined : (JSON.parse(line) as Told);
  if (told === undefined || 'error' in told) {
    const how = await ended;
    if (told === undefined) throw new Fault('ao/network-not-started', `the local network did not start: ${said.trim() || how}`, { details: { dir } });
    const { code, message, ...options } = told.error;
    throw new Fault(code, message, options);
  }
  if (detached) {
    child.stdout?.destroy();
    child.unref();
  }
  return {
    ...told, ended,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await ended;
    },
  };
}

type Told = { url: string; address: Address; pid: number } | { error: FaultOptions & { code: FaultCode; message: string } };

async function spawnDetached(command: string[], dir: string): Promise<ChildProcess> {
  await mkdir(dir, { recursive: true });
  const out = await open(join(dir, 'network.out'), 'a', 0o600);
  try {
    return spawn(process.execPath, command, { detached: true, stdio: ['ignore', 'pipe', out.fd], env: environment() });
  } finally {
    await out.close();
  }
}

/** Wallets come by environment variables; whoever outlives this program must not keep them. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(PATH|HOME|TMPDIR|TEMP|TMP|SYSTEMROOT|LANG|LC_ALL|TZ|NODE_.*)$/i.test(name)));
}

function firstLine({ stdout }: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: stdout as NodeJS.ReadableStream });
    lines.once('line', resolve).once('close', () => resolve(undefined));
  });
}

/** How this program resolves packages; its other flags (`--inspect`, a test runner's) are nobody else's. */
function conditions(): string[] {
  const isName = (flag = ''): boolean => /^(--conditions|-C)$/.test(flag);
  return process.execArgv.filter((flag, at, all) => isName(flag) || /^(--conditions|-C)=/.test(flag) || isName(all[at - 1]));
}

function asText(limits: LocalLimits): string {
  return Object.entries(limits).map(([name, value]) => `${name}=${value}`).join(',');
}

function aosFlags(aos: AosFile | undefined): string[] {
  if (aos === undefined) return [];
  return ['--aos', aos.path, ...(aos.sha256 === undefined ? [] : ['--aos-sha256', aos.sha256])];
}
