import { connect, type ClientHttp2Session } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { NoReply, type Question, type Reply } from './exchange.ts';

export interface Http2Options {
  url: string;
  /** Certificates to trust beside the platform's, PEM. */
  ca?: string;
}

/** One request over HTTP/2. @throws whatever the connection failed with; the signal's reason. */
export type Http2 = (question: Question, signal: AbortSignal) => Promise<Reply>;

/**
 * Requests over one HTTP/2 connection, with TLS for `https:`, with prior knowledge (h2c) for `http:`. Opened by the first
 * request and again after it was lost; it keeps nobody alive while nothing is asked.
 */
export function createHttp2({ url, ca }: Http2Options): Http2 {
  let session: ClientHttp2Session | undefined;
  let underWay = 0;

  const open = (): ClientHttp2Session => {
    if (session && !session.closed && !session.destroyed) return session;
    const fresh = connect(url, ca === undefined ? {} : { ca });
    const forget = () => {
      if (session === fresh) session = undefined;
    };
    // Without a listener an error of the connection would end the process; the requests on it fail on their own.
    fresh.on('error', forget).on('close', forget).on('goaway', forget);
    session = fresh;
    return fresh;
  };

  return ({ method, path, headers = {}, body }, signal) =>
    new Promise((resolve, reject) => {
      const mine = open();
      underWay += 1;
      mine.ref();
      const stream = mine.request({ ...headers, ':method': method, ':path': path, ...(body ? { 'content-length': body.byteLength } : {}) }, { signal });
      const chunks: Buffer[] = [];
      let received: Record<string, unknown> = {};
      stream.on('response', (fields) => (received = fields));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', (error) => reject(signal.aborted ? signal.reason : error));
      stream.on('close', () => {
        underWay -= 1;
        if (underWay === 0 && !mine.destroyed) mine.unref();
        const length = Number(received['content-length'] ?? NaN);
        const bytes = Buffer.concat(chunks);
        const isWhole = stream.rstCode === 0 && !stream.aborted && (Number.isNaN(length) || length === bytes.byteLength);
        if (typeof received[':status'] !== 'number' || !isWhole) {
          return reject(signal.aborted ? signal.reason : new NoReply('network', `${url} broke off its answer`));
        }
        resolve({ status: received[':status'], header: (name) => (received[name] === undefined ? undefined : String(received[name])), body: bytes });
      });
      stream.end(body);
    });
}

/** Whether an `https:` node takes HTTP/2; one that ends TLS itself takes nothing else. @throws when it cannot be reached */
export function speaksHttp2({ url, ca }: Http2Options, signal: AbortSignal): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host }; // addresses are no server names
    const socket = connectTls({ host, port: Number(port || 443), ALPNProtocols: ['h2', 'http/1.1'], ...servername, ...(ca === undefined ? {} : { ca }) });
    const leave = () => socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', leave, { once: true });
    socket.on('error', reject).on('close', () => signal.removeEventListener('abort', leave));
    socket.on('secureConnect', () => {
      resolve(socket.alpnProtocol === 'h2');
      socket.destroy();
    });
  });
}
