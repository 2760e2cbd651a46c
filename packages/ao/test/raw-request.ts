import { connect } from 'node:net';

/** The status of an answer to bytes that are perhaps no request; `closed` when the connection ended without one. */
export type RawStatus = number | 'closed';

/**
 * Sends the parts one after the other over a socket. @param end whether the sender says that it is done, waits for an
 * answer, or breaks the connection once everything is on its way.
 */
export function rawRequest(url: string, parts: readonly (string | Uint8Array)[], end: 'end' | 'wait' | 'destroy' = 'end'): Promise<RawStatus> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let answer = '';
    const done = (status: RawStatus) => {
      socket.destroy();
      resolve(status);
    };
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
      const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? [];
      if (status !== undefined) done(Number(status));
    });
    socket.on('error', () => undefined).on('close', () => done('closed'));
    socket.on('connect', () => void (async () => {
      for (const part of parts) {
        await new Promise((sent) => socket.write(part, sent));
        await new Promise((later) => setImmediate(later));
      }
      if (end === 'end') socket.end();
      if (end === 'destroy') socket.destroy();
    })());
  });
}

/** The head of a request that carries an item. */
export function postHead(path: string, headers: Record<string, string | number>, kind = 'content-type: application/ans104\r\ncodec-device: ans104@1.0\r\n'): string {
  return `POST ${path} HTTP/1.1\r\nhost: localhost\r\n${kind}${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}
