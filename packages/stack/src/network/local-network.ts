import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Fault, isFault, silentLogger, type Clock, type Logger } from '@beamline/core';
import { createFsLock } from '@beamline/deployer/fs';

export interface LocalNetworkHandle {
  url: string;
  /** Of the network's process. */
  pid: number;
  /** Ends the network if this handle started it. */
  close(): Promise<void>;
}

export interface LocalNetworkOptions {
  /** Folder of its log and wallet. One network per folder. */
  dir: string;
  /** @default the one it had last time, else a free one */
  port?: number | undefined;
  clock: Clock;
  logger?: Logger;
  /** Called when the network ended by itself and was started again on the same address. */
  onRestart?(): void;
}

/** What `network.json` tells other programs. */
interface Announcement {
  url: string;
  pid: number;
}

const PROBE_MS = 1_000;
const START_MS = 20_000;
const RETRY_MS = 100;
/** More restarts than this mean that it cannot run at all. */
const MAX_RESTARTS = 20;

/**
 * The local network of a folder: the one another program runs, or a child process of this one. A child that ends by
 * itself is started again at the same address; its log is durable.
 * @throws Fault `stack/network-not-started`
 */
export async function attachLocalNetwork(options: LocalNetworkOptions): Promise<LocalNetworkHandle> {
  const { dir, clock } = options;
  await mkdir(dir, { recursive: true });
  const lock = createFsLock({ root: dir });
  const deadline = clock.now() + START_MS;
  for (;;) {
    const running = await announced(dir);
    if (running !== undefined && (await answers(running.url))) return { ...running, close: async () => undefined };
    try {
      const lease = await lock.acquire('owner', 'the local network', clock.now());
      return await run(options, running, () => lease.release());
    } catch (error) {
      // Another program is about to start it; when it has, `answers` says so.
      if (!isFault(error, 'deployer/locked') || clock.now() > deadline) throw error;
      await clock.sleep(RETRY_MS);
    }
  }
}

async function run(
  { dir, port, logger = silentLogger, onRestart, clock }: LocalNetworkOptions, before: Announcement | undefined, release: () => Promise<void>,
): Promise<LocalNetworkHandle> {
  let closing = false;
  let restarts = 0;
  const remembered = port ?? (before === undefined ? 0 : Number(new URL(before.url).port));
  let child = await startChild(dir, remembered).catch(async (error: unknown) => {
    await release();
    throw error;
  });
  const handle: LocalNetworkHandle = {
    url: child.url,
    pid: child.pid,
    async close() {
      if (closing) return;
      closing = true;
      await child.stop();
      await release();
    },
  };

  const watch = (): void => {
    void child.ended.then(async (how) => {
      if (closing || (restarts += 1) > MAX_RESTARTS) return;
      logger.warn('the local network ended by itself; starting it again', { how });
      try {
        await clock.sleep(RETRY_MS);
        child = await startChild(dir, Number(new URL(handle.url).port));
        handle.pid = child.pid;
        if (closing) return void child.stop();
        onRestart?.();
        watch();
      } catch (error) {
        logger.error('the local network cannot be started again', { error: String(error) });
      }
    });
  };
  watch();
  return handle;
}

interface Child extends Announcement {
  ended: Promise<string>;
  stop(): Promise<void>;
}

async function startChild(dir: string, port: number): Promise<Child> {
  const arguments_ = [...conditions(), program(), '--dir', dir, '--port', String(port), '--json', '--with-parent'];
  const child = spawn(process.execPath, arguments_, { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`)));
  const { url, pid } = await firstLine(child, ended);
  await announce(dir, { url, pid });
  return {
    url, pid, ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function firstLine(child: ChildProcess, ended: Promise<string>): Promise<Announcement> {
  let complaints = '';
  child.stderr?.on('data', (text: Buffer) => { complaints = (complaints + String(text)).slice(-4_000); });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const line = new Promise<string>((resolve) => lines.once('line', resolve));
  const first = await Promise.race([line, ended.then(() => undefined)]);
  if (first !== undefined) return JSON.parse(first) as Announcement;
  throw new Fault('stack/network-not-started', `the local network ended at once: ${complaints.trim() || await ended}`, {
    hint: 'If its port is taken, choose another: environments.<name>.network.port in beamline.config.ts.',
  });
}

/** How this program resolves packages; its other flags (`--inspect`, `--input-type`) are nobody else's. */
const conditions = (): string[] => process.execArgv.filter((flag, at, all) =>
  /^(--conditions|-C)(=|$)/.test(flag) || /^(--conditions|-C)$/.test(all[at - 1] ?? ''));

/** The program that `@beamline/ao` ships: sources beside sources, JavaScript beside JavaScript. */
function program(): string {
  const library = createRequire(import.meta.url).resolve('@beamline/ao/local');
  return library.replace(/local\.(ts|js)$/, 'local/main.$1');
}

async function announced(dir: string): Promise<Announcement | undefined> {
  const text = await readFile(join(dir, 'network.json'), 'utf8').catch(() => undefined);
  try {
    return text === undefined ? undefined : JSON.parse(text) as Announcement;
  } catch {
    return undefined; // torn by a crash: a new one is written when the network starts
  }
}

async function announce(dir: string, announcement: Announcement): Promise<void> {
  const draft = join(dir, `network.json.${process.pid}.tmp`);
  await writeFile(draft, JSON.stringify(announcement));
  await rename(draft, join(dir, 'network.json'));
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/~meta@1.0/info/address`, { signal: AbortSignal.timeout(PROBE_MS) }).then((response) => response.ok, () => false);
