import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface Seen {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** Raw bytes to answer with; `undefined` breaks the connection; a promise answers later. */
export type Script = (request: Seen) => string | undefined | Promise<string | undefined>;

/** A server whose answers are written by hand, byte by byte: real sockets, and every way in which a node misbehaves. */
export async function scriptedNode(script: Script): Promise<{ url: string; seen: Seen[]; close(): Promise<void> }> {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let received = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      const request = parse(received);
      if (!request) return;
      received = Buffer.alloc(0);
      seen.push(request);
      void Promise.resolve(script(request)).then((answer) => (answer === undefined ? socket.destroy() : socket.end(answer)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function parse(bytes: Buffer): Seen | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
  const body = bytes.subarray(end + 4);
  return body.length < Number(headers['content-length'] ?? 0) ? undefined : { method, path, headers, body };
}

export function reply(status: number, body: string | object = '', headers: Record<string, string> = {}): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const all = { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json', ...headers, 'content-length': String(Buffer.byteLength(text)), connection: 'close' };
  return `HTTP/1.1 ${status} X\r\n${Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`;
}
