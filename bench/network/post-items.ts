import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { ProcessId, SignedItem } from '@beamline/core';

/** One item and the process it is posted to. */
export interface Posting {
  process: ProcessId;
  item: SignedItem;
}

/**
 * Posts signed items over keep-alive connections, each with one request under way, and gives the milliseconds until
 * all are answered with 200. It writes HTTP by hand: the client shares two cores with the server it measures.
 */
export async function postItems(url: string, postings: readonly Posting[], connections: number): Promise<number> {
  const { hostname, port, host } = new URL(url);
  const requests = postings.map(({ process, item: { raw } }) => [
    `POST /${process}~process@1.0/push HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/ans104\r\ncodec-device: ans104@1.0\r\ncontent-length: ${raw.byteLength}\r\n\r\n`,
    raw,
  ] as const);
  let next = 0;
  const start = performance.now();
  const lane = () => new Promise<void>((resolve, reject) => {
    const socket: Socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    let answer = '';
    const send = () => {
      const request = requests[next++];
      if (request === undefined) {
        socket.destroy();
        return resolve();
      }
      socket.cork();
      socket.write(request[0], 'latin1');
      socket.write(request[1]);
      socket.uncork();
    };
    socket.on('connect', send).on('error', reject).on('close', () => resolve()).on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const head = answer.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(answer)?.[1] ?? 0);
      if (answer.length < head + 4 + length) return;
      if (!answer.startsWith('HTTP/1.1 200')) {
        socket.destroy();
        return reject(new Error(answer.slice(0, 80)));
      }
      answer = '';
      send();
    });
  });
  await Promise.all(Array.from({ length: connections }, lane));
  return performance.now() - start;
}
