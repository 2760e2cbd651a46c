import { Fault, type Clock } from '@beamline/core';
import type { Address, AoNetwork, NodeIdentity, SignedItem } from '@beamline/core';
import { createItem } from '../ans104/create.ts';
import { createAsk } from './ask.ts';
import { registerName, resolveName } from './names.ts';
import { createReader, JSON_QUERY } from './reader.ts';
import { sendItem } from './send.ts';
import { spawnItem } from './spawn.ts';
import { messageTags, moduleTags, processTags } from './tags.ts';
import { jsonOf, numberOf, outputOf, valueOf } from './wire.ts';

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
}

const PAGE_SLOTS = 200;

/** An AO network behind one HyperBEAM node. */
export function createHyperbeam({ url, clock, timeoutMs = 60_000, retries = 5, fetch = globalThis.fetch }: HyperbeamOptions): AoNetwork {
  const node = url.replace(/\/+$/, '');
  const ask = createAsk({ url: node, clock, timeoutMs, fetch });
  const reader = createReader({ url: node, ask, clock, retries });
  const options = { url: node, ask, reader, clock, retries };
  // Items signed here and not sent yet; any other may have been sent by a run that crashed.
  const unsent = new WeakSet<SignedItem>();
  let address: Address | undefined;

  const fresh = async (item: Promise<SignedItem>): Promise<SignedItem> => {
    unsent.add(await item);
    return item;
  };
  const nodeAddress = async (signal?: AbortSignal): Promise<Address> => {
    address ??= (await reader.request({ method: 'GET', path: '/~meta@1.0/info/address' }, undefined, signal)).body.toString('utf8');
    return address;
  };

  return {
    kind: 'hyperbeam',

    async node(signal): Promise<NodeIdentity> {
      const path = `/~meta@1.0/build?${JSON_QUERY}`;
      const build = jsonOf(await reader.request({ method: 'GET', path }, undefined, signal), path);
      const { node: software = 'unknown', version = '', 'source-short': source = '' } = build;
      return { address: await nodeAddress(signal), build: [software, version, source].filter((part) => part !== '').join(' ') };
    },

    signMessage: (signer, { target, tags, data }) => fresh(createItem(signer, { target, tags: messageTags(tags), data })),
    signModule: async (signer, source, signal) =>
      fresh(createItem(signer, { tags: moduleTags(await nodeAddress(signal)), data: source })),
    signProcess: async (signer, { module, tags, data }, signal) =>
      fresh(createItem(signer, { tags: processTags(module, await nodeAddress(signal), tags), data })),

    send: (item, signal) => sendItem(options, item, unsent.delete(item), signal),
    spawn: (item, signal) => spawnItem(options, item, unsent.delete(item), signal),

    async result(process, slot, signal) {
      const path = `/${process}~process@1.0/compute=${slot}/results?${JSON_QUERY}`;
      const reply = await reader.get(path, process, signal);
      return reply.status === 404 ? {} : outputOf(jsonOf(reply, path));
    },

    async resultText(process, slot, path, signal) {
      const reply = await reader.get(`/${process}~process@1.0/compute=${slot}/results/${path}`, process, signal);
      if (reply.status !== 404) return reply.body.toString('utf8');
      throw new Fault('ao/no-result', `slot ${slot} of ${process} has no result at ${path}`, { details: { process, slot, status: 404 } });
    },

    async read(process, path, signal) {
      const full = `/${process}~process@1.0/compute/${path}?${JSON_QUERY}`;
      const reply = await reader.get(full, process, signal);
      return reply.status === 404 ? undefined : valueOf(jsonOf(reply, full));
    },

    async slots(process, signal) {
      const scheduled = await reader.currentSlot(process, signal);
      const reply = await reader.tryGet(`/${process}~process@1.0/compute/at-slot`, signal);
      return { scheduled, computed: (reply && numberOf(reply.body.toString('utf8'))) ?? -1 };
    },

    async *schedule(process, { from = 0, to } = {}, signal) {
      const last = to ?? (await reader.currentSlot(process, signal));
      for (let next = from; next <= last; ) {
        const page = await reader.assignments(process, next, Math.min(last, next + PAGE_SLOTS - 1), signal);
        for (const assignment of page) {
          if (assignment.slot !== next) {
            throw new Fault('ao/schedule-gap', `the schedule of ${process} lacks slot ${next}`, { details: { process, slot: next } });
          }
          yield assignment;
          next += 1;
        }
        if (page.length === 0) return;
      }
    },

    async redeliver(process, slot, signal) {
      const path = `/${process}~process@1.0/push?slot=${slot}`;
      const reply = await reader.request({ method: 'POST', path }, process, signal);
      if (reply.status === 404) throw new Fault('ao/no-result', `${process} has no slot ${slot}`, { details: { process, slot, status: 404 } });
    },

    resolve: (alias, signal) => resolveName(reader, alias, signal),
    setAlias: (alias, process, operator, signal) => registerName(reader, alias, process, operator, signal),
  };
}
