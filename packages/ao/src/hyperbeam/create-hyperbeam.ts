import { Fault, type Clock } from '@beamline/core';
import type { Address, AoNetwork, Assignment, SignedItem, Slot } from '@beamline/core';
import { createItem } from '../ans104/create.ts';
import { createAsk } from './ask.ts';
import { withBreaker, type BreakerOptions } from './breaker.ts';
import { addressOf, identityOf } from './identity.ts';
import { resolveLinks } from './links.ts';
import { registerName, resolveName } from './names.ts';
import { createReader, JSON_QUERY } from './reader.ts';
import { createScheduleTails } from './schedule-tail.ts';
import { sendAllItems } from './send-all.ts';
import { sendItem, type Past } from './send.ts';
import { spawnItem } from './spawn.ts';
import { messageTags, moduleTags, processTags } from './tags.ts';
import { badAnswer, jsonOf, numberOf, outputOf, valueOf } from './wire.ts';

export interface HyperbeamOptions {
  /** Of the node, `http://127.0.0.1:8734`. */
  url: string;
  /** Measures time-outs and pauses. */
  clock: Clock;
  /** Of one HTTP request; a push computes and delivers before it answers. @default 60_000 */
  timeoutMs?: number;
  /** Further attempts after a 429, a 5xx or a lost answer, with pauses that double from 100 ms. @default 5 */
  retries?: number;
  /** @default the platform's */
  fetch?: typeof fetch;
  /** `auto` takes HTTP/2 where an `https:` node offers it; `h2` also for `http:` (prior knowledge). @default 'auto' */
  protocol?: 'auto' | 'http/1.1' | 'h2';
  /** Certificates to trust beside the platform's, PEM; for HTTP/2. */
  ca?: string;
  /** When a node that does not answer is left alone, and for how long. */
  breaker?: BreakerOptions;
}

const PAGE_SLOTS = 200;

/** An AO network behind one HyperBEAM node. */
export function createHyperbeam({ url, clock, timeoutMs = 60_000, retries = 5, fetch = globalThis.fetch, protocol = 'auto', ca, breaker = {} }: HyperbeamOptions): AoNetwork {
  const node = url.replace(/\/+$/, '');
  const ask = withBreaker(createAsk({ url: node, clock, timeoutMs, fetch, protocol, ...(ca === undefined ? {} : { ca }) }), clock, breaker);
  const reader = createReader({ url: node, ask, clock, retries });
  const options = { url: node, ask, reader, tails: createScheduleTails(reader, clock), clock, retries };
  // Items signed here, and when they were first sent; any other may have been sent by a run that crashed.
  const pasts = new WeakMap<SignedItem, Past>();
  let address: Address | undefined;

  const fresh = async (item: Promise<SignedItem>): Promise<SignedItem> => {
    pasts.set(await item, 'new');
    return item;
  };
  const pastOf = (item: SignedItem): Past => {
    const past = pasts.get(item) ?? 'unknown';
    if (past === 'new') pasts.set(item, { sentAt: clock.now(), after: reader.newestSlot(item.target) });
    return past;
  };
  const nodeAddress = async (signal?: AbortSignal): Promise<Address> => {
    address ??= await addressOf(reader, signal);
    return address;
  };

  const redeliver: AoNetwork['redeliver'] = async (process, slot, signal) => {
    const path = `/${process}~process@1.0/push?slot=${slot}`;
    const { status } = await reader.request({ method: 'POST', path }, process, (reply) => reply, signal);
    if (status === 404) throw new Fault('ao/no-result', `${process} has no slot ${slot}`, { details: { process, slot, status: 404 } });
  };

  return {
    kind: 'hyperbeam',

    node: async (signal) => identityOf(reader, await nodeAddress(signal), signal),

    signMessage: async (signer, { target, tags, data }) => fresh(createItem(signer, { target, tags: messageTags(signer.address, tags), data })),
    signModule: async (signer, source, signal) =>
      fresh(createItem(signer, { tags: moduleTags(signer.address, await nodeAddress(signal)), data: source })),
    signProcess: async (signer, { module, tags, data }, signal) =>
      fresh(createItem(signer, { tags: processTags(signer.address, module, await nodeAddress(signal), tags), data })),

    send: (item, signal) => sendItem(options, item, pastOf(item), signal),
    sendAll: (items, signal) => sendAllItems(options, items, pastOf, redeliver, signal),
    spawn: (item, signal) => spawnItem(options, item, pastOf(item) === 'new', signal),

    async result(process, slot, signal) {
      const path = `/${process}~process@1.0/compute=${slot}/results?${JSON_QUERY}`;
      const results = await reader.get(path, process, (reply) => (reply.status === 404 ? {} : jsonOf(reply, path)), signal);
      return outputOf(await resolveLinks(reader, results, signal));
    },

    resultText: (process, slot, path, signal) =>
      reader.get(`/${process}~process@1.0/compute=${slot}/results/${path}`, process, (reply) => {
        if (reply.status !== 404) return reply.body.toString('utf8');
        throw new Fault('ao/no-result', `slot ${slot} of ${process} has no result at ${path}`, { details: { process, slot, status: 404 } });
      }, signal),

    async read(process, path, signal) {
      const full = `/${process}~process@1.0/compute/${path}?${JSON_QUERY}`;
      const found = await reader.get(full, process, (reply) => (reply.status === 404 ? undefined : { json: jsonOf(reply, full), status: reply.status }), signal);
      return found && valueOf(await resolveLinks(reader, found.json, signal), found.status);
    },

    async slots(process, signal) {
      const scheduled = await reader.currentSlot(process, signal);
      const path = `/${process}~process@1.0/compute/at-slot`;
      const computed = await reader.confirm(path, (reply) => {
        const slot = numberOf(reply.body.toString('utf8'));
        if (slot === undefined) throw badAnswer(path, reply.status, 'no number');
        return slot;
      }, signal);
      return { scheduled, computed: computed ?? -1 };
    },

    async *schedule(process, { from = 0, to } = {}, signal) {
      const last = Math.min(to ?? Infinity, await reader.currentSlot(process, signal));
      const pageFrom = (slot: Slot) => reader.assignments(process, slot, Math.min(last, slot + PAGE_SLOTS - 1), signal);
      let ahead: Promise<Assignment[]> | undefined;
      for (let next = from; next <= last; ) {
        const page = await (ahead ?? pageFrom(next));
        // Whoever wants a second page wants the third, too: the node prepares it meanwhile.
        const second = next > from;
        next += page.length;
        ahead = second && next <= last ? pageFrom(next) : undefined;
        ahead?.catch(() => undefined); // thrown when its turn comes
        yield* page;
      }
    },

    redeliver,

    resolve: (alias, signal) => resolveName(reader, alias, signal),
    setAlias: (alias, process, operator, signal) => registerName(reader, alias, process, operator, signal),
  };
}
