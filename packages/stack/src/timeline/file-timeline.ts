import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '@beamline/core';
import { createListeners, select, type Happening, type Timeline, type TimelineEvent } from './timeline.ts';

export interface FileTimelineOptions {
  path: string;
  clock: Clock;
  /** How often events of other programs are looked for while somebody listens; one `fstat` each. @default 250 */
  pollMs?: number;
  /** Events kept in memory. @default 5000 */
  keep?: number;
}

/*
 * One JSON object a line. An event's id is the offset of its line's end, so that programs that append to the same file
 * agree on ids and order without talking to each other, and an id stays valid over restarts. A line torn by a crash is
 * skipped. The account is for people; nothing is decided by it, so it is not fsynced.
 */

/** Shared by every program that opens the same file: `beamline deploy` writes, the orchestrator shows. */
export function createFileTimeline({ path, clock, pollMs = 250, keep = 5_000 }: FileTimelineOptions): Timeline {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a+');
  const listeners = createListeners();
  const closed = new AbortController();
  let events: TimelineEvent[] = [];
  let readTo = 0;
  let polling = false;
  let own: { token: string; event?: TimelineEvent } = { token: '' };

  /** Takes in every complete line that was not read yet, whoever wrote it. */
  function catchUp(): void {
    const size = fstatSync(file).size;
    if (size <= readTo) return;
    const bytes = Buffer.alloc(size - readTo);
    const length = readSync(file, bytes, 0, bytes.length, readTo);
    let start = 0;
    for (let end = bytes.indexOf(10, start); end !== -1 && end < length; end = bytes.indexOf(10, start)) {
      const line = parse(bytes.toString('utf8', start, end));
      start = end + 1;
      if (line === undefined) continue;
      const { token, ...told } = line;
      const event: TimelineEvent = { ...told, id: readTo + start };
      if (token === own.token) own = { token, event };
      events = [...events.slice(1 - keep), event];
      listeners.tell(event);
    }
    readTo += start;
  }

  async function poll(): Promise<void> {
    if (polling) return;
    polling = true;
    while (!closed.signal.aborted) {
      catchUp();
      await clock.sleep(pollMs, closed.signal).catch(() => undefined);
    }
  }

  const size = fstatSync(file).size;
  if (size > 0) {
    const last = Buffer.alloc(1);
    readSync(file, last, 0, 1, size - 1);
    if (last[0] !== 10) writeSync(file, '\n'); // ends what a crash tore, so that the next line stays whole
  }
  catchUp();

  return {
    publish(happening) {
      const at = clock.now();
      own = { token: `${process.pid}-${publications += 1}` };
      writeSync(file, `${JSON.stringify({ ...happening, at, token: own.token })}\n`);
      catchUp();
      return own.event ?? { ...happening, at, id: readTo };
    },
    list(query) {
      catchUp();
      return select(events, query);
    },
    subscribe(listener) {
      const stop = listeners.add(listener);
      void poll();
      return stop;
    },
    close() {
      if (closed.signal.aborted) return;
      closed.abort();
      listeners.clear();
      closeSync(file);
    },
  };
}

let publications = 0;

type Line = Happening & { at: number; token: string };

function parse(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Line;
    return typeof line.kind === 'string' && typeof line.at === 'number' ? line : undefined;
  } catch {
    return undefined;
  }
}
