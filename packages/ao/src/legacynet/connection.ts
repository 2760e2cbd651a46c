import { isFault, type SignedItem, type Signer } from '@beamline/core';
import type { ItemSpec } from '@beamline/core';
import type { Ask } from '../hyperbeam/ask.ts';
import { NoReply, type Reply } from '../hyperbeam/exchange.ts';

/** What of aoconnect's legacy mode is in use. Its own declarations leave the arguments open. */
interface LegacyClient {
  signMessage(message: { process: string; data: string | Uint8Array; tags: { name: string; value: string }[]; signer: unknown }): Promise<{ id: string; raw: Uint8Array }>;
  sendSignedMessage(item: { id: string; raw: Uint8Array }): Promise<string>;
}

/** The official client, loaded when it is first needed: it takes half a second. */
async function connectLegacy(muUrl: string, fetch: typeof globalThis.fetch): Promise<LegacyClient> {
  const { connect } = await import('@permaweb/aoconnect');
  return (connect as (options: object) => LegacyClient)({ MODE: 'legacy', MU_URL: muUrl, fetch, noLog: true });
}

/** Signs a message with the client's own tags. The id is known before anything is sent. */
export async function signLegacy(muUrl: string, signer: Signer, { target = '', tags, data }: ItemSpec): Promise<SignedItem> {
  const client = await connectLegacy(muUrl, globalThis.fetch);
  const { id, raw } = await client.signMessage({ process: target, data, tags: tags.map((tag) => ({ ...tag })), signer: legacySigner(signer) });
  return { id, owner: signer.address, target, raw };
}

/** How a send ended: taken by the messenger unit; refused with a status; or nobody knows. `reply` is what came back. */
export type Sent = { reply: Reply | NoReply | undefined } & ({ kind: 'taken' } | { kind: 'refused'; status: number; text: string } | { kind: 'unknown' });

/** Sends a signed item once, within the unit's time-out. The client checks its signature first, and tells a refusal by its text alone. */
export async function sendLegacy(muUrl: string, ask: Ask, { id, raw }: SignedItem, signal?: AbortSignal): Promise<Sent> {
  let reply: Reply | NoReply | undefined;
  const client = await connectLegacy(muUrl, async (_, init) => {
    const answered = await ask({ method: 'POST', path: '', headers: init?.headers as Record<string, string>, body: init?.body as Uint8Array }, signal)
      .catch((error: unknown) => {
        if (error instanceof NoReply) reply = error;
        throw error;
      });
    reply = answered;
    return new Response(new Uint8Array(answered.body), { status: answered.status });
  });
  try {
    await client.sendSignedMessage({ id, raw });
    return { kind: 'taken', reply };
  } catch (error) {
    signal?.throwIfAborted();
    if (isFault(error)) throw error;
    const text = error instanceof Error ? error.message : String(error);
    if (/verification failed/.test(text)) return { kind: 'refused', status: 400, text, reply };
    const status = /^(\d{3}): /.exec(text)?.[1];
    return status === undefined ? { kind: 'unknown', reply } : { kind: 'refused', status: Number(status), text, reply };
  }
}

const ALGORITHMS = { 1: 'rsa-pss-sha256', 3: 'secp256k1' } as const;

function legacySigner({ type, publicKey, address, sign }: Signer) {
  return async (create: (key: object) => Promise<Uint8Array>) => {
    const bytes = await create({ type, publicKey, alg: ALGORITHMS[type] });
    return { signature: await sign(new Uint8Array(bytes)), address };
  };
}
