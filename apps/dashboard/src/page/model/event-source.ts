/** One server-sent event. */
export interface ServerEvent {
  event: string;
  id: string;
  data: string;
}

/** Splits a stream of server-sent-event text into events, whatever the borders of its pieces. */
export function createEventParser(onEvent: (event: ServerEvent) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event: ServerEvent = { event: 'message', id: '', data: '' };
      for (const line of block.split('\n')) {
        const colon = line.indexOf(':');
        const [field, value] = [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
        if (field === 'event' || field === 'id') event[field] = value;
        if (field === 'data') event.data += event.data === '' ? value : `\n${value}`;
      }
      if (event.data !== '') onEvent(event);
    }
  };
}

export interface FollowOptions {
  url: string;
  /** Sent as a bearer token; EventSource could not. */
  token: string | undefined;
  onEvent(event: ServerEvent): void;
  onConnection(state: 'live' | 'lost' | 'locked'): void;
  signal: AbortSignal;
}

const RETRY_MS = [250, 500, 1_000, 2_000, 4_000];
/** The server says something at least every 15 s. */
const SILENCE_MS = 40_000;

/** Follows a stream until aborted, resuming by the last id after every interruption. Ends when the server asks for a token. */
export async function follow({ url, token, onEvent, onConnection, signal }: FollowOptions): Promise<void> {
  let lastId = '';
  let failures = 0;
  while (!signal.aborted) {
    try {
      const headers = { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(lastId ? { 'last-event-id': lastId } : {}) };
      const quiet = new AbortController();
      const response = await fetch(url, { headers, cache: 'no-store', signal: AbortSignal.any([signal, quiet.signal]) });
      if (response.status === 401) return onConnection('locked');
      if (!response.ok || response.body === null) throw new Error(`status ${response.status}`);
      onConnection('live');
      failures = 0;
      const read = createEventParser((event) => {
        if (event.id !== '') lastId = event.id;
        onEvent(event);
      });
      await drain(response.body, read, quiet);
    } catch { /* an interruption of any kind: resume below */ }
    if (signal.aborted) return;
    onConnection('lost');
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]));
    failures += 1;
  }
}

async function drain(body: ReadableStream<Uint8Array>, read: (text: string) => void, quiet: AbortController): Promise<void> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    const timer = setTimeout(() => quiet.abort(), SILENCE_MS);
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return;
    read(decoder.decode(value, { stream: true }));
  }
}
