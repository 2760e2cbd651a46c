import { isFault, type SignedItem, type Signer } from '@beamline/core';
import type { ItemSpec } from '@beamline/core';

/** What of aoconnect's legacy mode is in use. Its own declarations leave the arguments open. */
interface LegacyClient {
  signMessage(message: { process: string; data: string | Uint8Array; tags: { name: string; value: string }[]; signer: unknown }): Promise<{ id: string; raw: Uint8Array }>;
  sendSignedMessage(item: { id: string; raw: Uint8Array }): Promise<string>;
}

export interface ConnectionOptions {
  muUrl: string;
  cuUrl: string;
  fetch: typeof fetch;
}

/** The official client, loaded when it is first needed: it takes half a second. */
async function connectLegacy({ muUrl, cuUrl, fetch }: ConnectionOptions): Promise<LegacyClient> {
  const { connect } = await import('@permaweb/aoconnect');
  return (connect as (options: object) => LegacyClient)({ MODE: 'legacy', MU_URL: muUrl, CU_URL: cuUrl, fetch, noLog: true });
}

/** Signs a message with the client's own tags. The id is known before anything is sent. */
export async function signLegacy(options: ConnectionOptions, signer: Signer, { target = '', tags, data }: ItemSpec): Promise<SignedItem> {
  const client = await connectLegacy(options);
  const { id, raw } = await client.signMessage({ process: target, data, tags: tags.map((tag) => ({ ...tag })), signer: legacySigner(signer) });
  return { id, owner: signer.address, target, raw };
}

/** How a send ended: taken by the messenger unit; refused with a status; or nobody knows. */
export type Sent = { kind: 'taken' } | { kind: 'refused'; status: number; text: string } | { kind: 'unknown'; cause: unknown };

/** Sends a signed item once. The client checks its signature first, and tells a refusal by its text alone. */
export async function sendLegacy(options: ConnectionOptions, { id, raw }: SignedItem, signal?: AbortSignal): Promise<Sent> {
  const client = await connectLegacy({ ...options, fetch: (input, init) => options.fetch(input, { ...init, ...(signal ? { signal } : {}) }) });
  try {
    await client.sendSignedMessage({ id, raw });
    return { kind: 'taken' };
  } catch (error) {
    signal?.throwIfAborted();
    if (isFault(error)) throw error;
    const text = error instanceof Error ? error.message : String(error);
    if (/verification failed/.test(text)) return { kind: 'refused', status: 400, text };
    const status = /^(\d{3}): /.exec(text)?.[1];
    return status === undefined ? { kind: 'unknown', cause: error } : { kind: 'refused', status: Number(status), text };
  }
}

const ALGORITHMS = { 1: 'rsa-pss-sha256', 3: 'secp256k1' } as const;

function legacySigner({ type, publicKey, address, sign }: Signer) {
  return async (create: (key: object) => Promise<Uint8Array>) => {
    const bytes = await create({ type, publicKey, alg: ALGORITHMS[type] });
    return { signature: await sign(new Uint8Array(bytes)), address };
  };
}
