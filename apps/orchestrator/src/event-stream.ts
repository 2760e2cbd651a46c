import type { ServerResponse } from 'node:http';
import type { Clock } from '@beamline/core';
import type { TimelineEvent } from '@beamline/stack';
import type { Seen, Watch } from './watch.ts';
import type { WatchedEnvironment } from './watched-environment.ts';

/** A quiet connection is dropped by proxies after a minute; a comment now and then keeps it. */
const HEARTBEAT_MS = 15_000;
/** Without an id to resume from, the stream begins with so many of the newest events. */
const RECENT = 300;
/** A reader that falls this far behind is cut off and resumes by its last id. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

export interface EventStreams {
  /** Takes over `response` and keeps it until the reader goes or the server closes. */
  open(response: ServerResponse, after: number | undefined): void;
  count(): number;
  close(): void;
}

/*
 * Server-sent events:
 *   event: timeline   id: <event id>   data: TimelineEvent     every one, in order; missed ones first
 *   event: status                      data: { report, rate }  after each look; only the newest matters, so no id
 *   event: problem                     data: { problem }       the environment could not be looked at
 */
export function createEventStreams(environment: WatchedEnvironment, watch: Watch, clock: Clock): EventStreams {
  const open = new Set<() => void>();

  return {
    open(response, after) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
      const write = (text: string): void => {
        if (response.writableLength > MAX_BUFFERED_BYTES) end();
        else response.write(text);
      };
      const tellEvent = (event: TimelineEvent): void => write(`event: timeline\nid: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`);
      const tellSeen = (seen: Seen): void => write(`event: ${'report' in seen ? 'status' : 'problem'}\ndata: ${JSON.stringify(seen)}\n\n`);

      const gone = new AbortController();
      const end = (): void => {
        if (gone.signal.aborted) return;
        gone.abort();
        unfollow();
        unwatch();
        open.delete(end);
        response.end();
      };

      write('retry: 1000\n\n');
      const missed = environment.events.list(after === undefined ? { limit: RECENT } : { after, limit: Infinity });
      missed.forEach(tellEvent);
      const unfollow = environment.events.subscribe(tellEvent); // the same turn as `list`: nothing in between
      const unwatch = watch.subscribe(tellSeen);
      open.add(end);
      response.on('close', end);
      void beat(write, clock, gone.signal);
      void watch.latest().then((report) => { if (!gone.signal.aborted) tellSeen({ report, rate: undefined }); }, () => undefined);
    },
    count: () => open.size,
    close: () => open.forEach((end) => end()),
  };
}

async function beat(write: (text: string) => void, clock: Clock, gone: AbortSignal): Promise<void> {
  while (!gone.aborted) {
    await clock.sleep(HEARTBEAT_MS, gone).catch(() => undefined);
    if (!gone.aborted) write(': still here\n\n');
  }
}
