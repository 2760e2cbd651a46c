import { realpath } from 'node:fs/promises';
import type { Address, Clock, ProcessId } from '@beamline/core';
import { announced } from './announcement.ts';
import { holderOf } from './folder-lock.ts';

/** What a running network says of itself at `/~beamline@1.0/status`. */
export interface RunningNetwork {
  running: true;
  url: string;
  dir: string;
  pid: number;
  /** The operator's. */
  address: Address;
  uptimeMs: number;
  processes: number;
  slots: number;
  /** Processes that cannot get past a slot. */
  bricked: number;
  /** Of the log on disk. */
  logBytes: number;
  cronTasks: number;
  /** Copied processes, and from which network. */
  forks: Readonly<Record<ProcessId, string>>;
  aliases: Readonly<Record<string, ProcessId>>;
}

/** `pid`: a process has the folder, but no network answers: it is starting, ending, or hangs. */
export type NetworkStatus = RunningNetwork | { running: false; dir: string; pid?: number };

const PROBE_MS = 2_000;

/**
 * The network of a folder. Only one that itself says that it has this folder and the pid it announced counts: its port
 * may belong to somebody else by now.
 */
export async function networkStatus(dir: string, clock: Clock, signal?: AbortSignal): Promise<NetworkStatus> {
  const folder = await realpath(dir).catch(() => undefined);
  if (folder === undefined) return { running: false, dir };
  const announcement = await announced(folder);
  const said = announcement && (await ask(announcement.url, clock, signal));
  if (said && said.pid === announcement.pid && said.dir === folder) return { ...said, running: true, url: announcement.url };
  const holder = await holderOf(folder);
  return { running: false, dir: folder, ...(holder ? { pid: holder.pid } : {}) };
}

async function ask(url: string, clock: Clock, signal?: AbortSignal): Promise<Omit<RunningNetwork, 'running' | 'url'> | undefined> {
  const timer = new AbortController();
  const request = new AbortController();
  const giveUp = () => request.abort(signal?.reason);
  signal?.addEventListener('abort', giveUp, { once: true });
  clock.sleep(PROBE_MS, timer.signal).then(() => request.abort(new Error('no answer')), () => undefined);
  try {
    const answer = await fetch(`${url}/~beamline@1.0/status`, { signal: request.signal });
    const said: unknown = answer.ok ? await answer.json() : undefined;
    return typeof said === 'object' && said !== null && 'pid' in said && 'dir' in said ? (said as RunningNetwork) : undefined;
  } catch {
    signal?.throwIfAborted();
    return undefined;
  } finally {
    timer.abort(new Error('answered'));
    signal?.removeEventListener('abort', giveUp);
  }
}
