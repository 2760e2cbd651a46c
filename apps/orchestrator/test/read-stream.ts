export interface ServerEvent {
  event: string;
  id: string;
  data: unknown;
}

/** Reads server-sent events one at a time. */
export interface StreamReader {
  /** The next event of this kind; others are passed over. Undefined when the stream ended. */
  next(kind: string): Promise<ServerEvent | undefined>;
  close(): void;
}

export async function readStream(url: string, headers: Record<string, string> = {}): Promise<StreamReader> {
  const stop = new AbortController();
  const response = await fetch(url, { headers, signal: stop.signal });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  return {
    async next(kind) {
      for (;;) {
        const end = rest.indexOf('\n\n');
        if (end === -1) {
          const { done, value } = await reader.read();
          if (done) return undefined;
          rest += value;
          continue;
        }
        const fields = Object.fromEntries(rest.slice(0, end).split('\n').map((line) => line.split(/: (.*)/s)));
        rest = rest.slice(end + 2);
        if (fields['event'] === kind) return { event: kind, id: fields['id'] ?? '', data: JSON.parse(fields['data']) };
      }
    },
    close: () => stop.abort(),
  };
}
