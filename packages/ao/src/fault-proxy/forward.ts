import { Agent, request, type IncomingMessage } from 'node:http';

export interface Received {
  method: string;
  path: string;
  rawHeaders: string[];
  body: Buffer;
}

/** The backend's answer; `broken` when it was no valid HTTP. */
export type Forwarded = { broken: false; status: number; rawHeaders: string[]; body: Buffer } | { broken: true };

/** @returns `undefined` when there is no backend, or it broke the connection. */
export type Forward = (received: Received) => Promise<Forwarded | undefined>;

export function createForward(target: URL): { forward: Forward; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  return {
    forward: ({ method, path, rawHeaders, body }) =>
      new Promise((resolve) => {
        const headers = without(rawHeaders, ['connection', 'host', 'content-length', 'transfer-encoding', 'expect']);
        const length = body.byteLength > 0 || method === 'POST' ? ['content-length', String(body.byteLength)] : [];
        request({ agent, host: target.hostname, port: target.port, method, path, headers: ['host', target.host, ...headers, ...length] }, (response) => {
          readAll(response).then(
            (bytes) => resolve({
              broken: false, status: response.statusCode ?? 0,
              rawHeaders: without(response.rawHeaders, ['connection', 'keep-alive', 'content-length', 'transfer-encoding']), body: bytes,
            }),
            () => resolve(undefined),
          );
        })
          .on('error', (error: NodeJS.ErrnoException) => resolve(error.code?.startsWith('HPE_') ? { broken: true } : undefined))
          .end(body);
      }),
    close: () => agent.destroy(),
  };
}

export async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function without(rawHeaders: string[], names: string[]): string[] {
  return rawHeaders.filter((_, i) => !names.includes((rawHeaders[i - (i % 2)] as string).toLowerCase()));
}
