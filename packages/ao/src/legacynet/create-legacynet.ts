import { Fault, isFault, type Address, type AoMap, type AoNetwork, type AoValue, type Clock, type Delivery, type Output, type ProcessId, type SignedItem, type Slot } from '@beamline/core';
import { createItem } from '../ans104/create.ts';
import { parseItem } from '../ans104/parse.ts';
import { verifyItem } from '../ans104/verify.ts';
import { NoReply } from '../hyperbeam/exchange.ts';
import { sendLegacy, signLegacy } from './connection.ts';
import { mapOf, readEntry } from './schedule-entry.ts';
import { createUnit, pauseMs } from './units.ts';

export interface LegacynetOptions {
  /** Messenger unit: takes items. */
  muUrl: string;
  /** Compute unit: answers results. */
  cuUrl: string;
  /** Scheduler unit: shows schedules. */
  suUrl: string;
  /** Takes modules at `/tx`, as an Arweave uploader does. @default none: publish modules elsewhere */
  uploadUrl?: string;
  clock: Clock;
  /** Whose key signs what processes send. @default what the compute unit calls its address */
  authority?: Address;
  /** @default what the scheduler unit calls its address */
  scheduler?: Address;
  /** Of one request. @default 60_000 */
  timeoutMs?: number;
  /** Further attempts after a 429, a 5xx or a lost answer, with pauses that double from 100 ms. @default 5 */
  retries?: number;
  /** @default the platform's */
  fetch?: typeof fetch;
}

const PAGE_SLOTS = 200;

/**
 * An AO network of messenger, compute and scheduler units, through the official client's legacy mode. Results come in
 * aos' shape: `Output` of a kernel holds its output, its chunks and its health, which is all that `read` can see. There
 * are no names: `resolve` finds nothing and `setAlias` refuses.
 */
export function createLegacynet({
  muUrl, cuUrl, suUrl, uploadUrl, clock, authority, scheduler, timeoutMs = 60_000, retries = 5, fetch = globalThis.fetch,
}: LegacynetOptions): AoNetwork {
  const unit = (url: string) => createUnit(url, { clock, timeoutMs, retries, fetch });
  const [mu, cu, su] = [unit(muUrl), unit(cuUrl), unit(suUrl)];
  const connection = { muUrl: mu.url, cuUrl: cu.url, fetch };
  /** Signed here and never sent: need not be looked for. */
  const unsent = new WeakSet<SignedItem>();

  const addressOf = async (given: Address | undefined, of: typeof cu, signal?: AbortSignal): Promise<Address> =>
    given ?? String((await of.read('', signal))['address'] ?? '');

  const notProcess = (error: unknown, process: ProcessId): never => {
    if (!isFault(error, 'ao/not-found')) throw error;
    throw new Fault('ao/unknown-process', `${su.url} has no process ${process}`, { details: { process, status: 404 }, cause: error });
  };

  const entryOf = async (process: ProcessId, message: string, signal?: AbortSignal) => {
    try {
      return readEntry(process, await su.read(`/${message}?process-id=${process}`, signal));
    } catch (error) {
      if (isFault(error, 'ao/not-found')) return undefined;
      throw error;
    }
  };

  const page = async (process: ProcessId, from: Slot, to: Slot, signal?: AbortSignal) => {
    const path = `/${process}?process-id=${process}&from-nonce=${from - 1}&to-nonce=${to}&limit=${PAGE_SLOTS}`;
    const { edges } = await su.read(path, signal).catch((error: unknown) => notProcess(error, process));
    return (Array.isArray(edges) ? edges : []).map((edge) => readEntry(process, mapOf(edge)['node']));
  };

  const lastSlot = async (process: ProcessId, signal?: AbortSignal): Promise<Slot> =>
    readEntry(process, await su.read(`/${process}/latest?process-id=${process}`, signal).catch((error: unknown) => notProcess(error, process))).slot;

  const resultOf = async (process: ProcessId, message: string, signal?: AbortSignal): Promise<AoMap> =>
    cu.read(`/result/${message}?process-id=${process}`, signal);

  const resultAt = async (process: ProcessId, slot: Slot, signal?: AbortSignal): Promise<AoMap> => {
    const [found] = await page(process, slot, slot, signal);
    if (found === undefined) throw new Fault('ao/no-result', `${process} has no slot ${slot}`, { details: { process, slot } });
    return resultOf(process, found.message, signal);
  };

  const delivery = async ({ target, id }: SignedItem, slot: Slot, signal?: AbortSignal): Promise<Delivery> => {
    const result = await resultOf(target, id, signal);
    if (typeof result['Error'] === 'string' && result['Error'] !== '') return { outcome: 'scheduled', slot, detail: result['Error'] };
    return { outcome: 'computed', slot, output: outputOf(result) };
  };

  /** Posts what has no target until somebody took it. A repeated post of the same item does no harm. */
  const post = async (to: typeof mu, path: string, { raw, id }: SignedItem, signal?: AbortSignal): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      const reply = await to.ask({ method: 'POST', path, headers: { 'content-type': 'application/octet-stream', accept: 'application/json' }, body: raw }, signal)
        .catch((error: unknown) => {
          if (error instanceof NoReply) return error;
          throw error;
        });
      if (!(reply instanceof NoReply) && reply.status < 300) return;
      const status = reply instanceof NoReply ? 0 : reply.status;
      if (status >= 400 && status < 500 && status !== 429) throw new Fault('ao/rejected', `${to.url} refused ${id} with status ${status}`, { details: { status } });
      if (attempt >= retries) throw new Fault('ao/unreachable', `${to.url} does not take ${id}`, { retryable: true, details: { status } });
      await clock.sleep(pauseMs(attempt, reply), signal);
    }
  };

  return {
    kind: 'legacynet',
    node: async (signal) => ({ address: await addressOf(authority, cu, signal), build: 'legacynet' }),

    async signMessage(signer, spec) {
      const item = await signLegacy(connection, signer, spec);
      unsent.add(item);
      return item;
    },
    signModule: (signer, source) => createItem(signer, {
      tags: tagsOf({ 'Data-Protocol': 'ao', Variant: 'ao.TN.1', Type: 'Module', 'Module-Format': 'lua', 'Input-Encoding': 'JSON-1', 'Output-Encoding': 'JSON-1', 'Content-Type': 'application/lua' }),
      data: source,
    }),
    async signProcess(signer, { module, tags, data }, signal) {
      const own = new Set(tags.map(({ name }) => name.toLowerCase()));
      const defaults = tagsOf({
        'Data-Protocol': 'ao', Variant: 'ao.TN.1', Type: 'Process', Module: module,
        Scheduler: await addressOf(scheduler, su, signal), Authority: await addressOf(authority, cu, signal),
      });
      // An empty body is not an item that every bundler takes.
      return createItem(signer, { tags: [...defaults.filter(({ name }) => !own.has(name.toLowerCase())), ...tags], data: data.length === 0 ? ' ' : data });
    },

    async send(item, signal) {
      signal?.throwIfAborted();
      const { id, target: process } = item;
      // The client checks too, but its answer can't be told from a unit that is out of reach.
      if (!(await verifyItem(parseItem(item.raw)))) throw new Fault('ao/rejected', `message ${id} was altered after it was signed`, { details: { status: 400, message: id } });
      const known = unsent.delete(item) ? undefined : await entryOf(process, id, signal);
      if (known) return delivery(item, known.slot, signal);
      for (let attempt = 0; ; attempt++) {
        const sent = await sendLegacy(connection, item, signal);
        if (sent.kind === 'refused' && sent.status === 404) throw new Fault('ao/unknown-process', `${mu.url} knows no process ${process}`, { details: { process, status: 404 } });
        if (sent.kind === 'refused' && sent.status < 500 && sent.status !== 429) {
          throw new Fault('ao/rejected', `${mu.url} refused message ${id}: ${sent.text}`, { details: { status: sent.status, message: id } });
        }
        // Taken, or nobody knows: the schedule does.
        const entry = await entryOf(process, id, signal);
        if (entry) return delivery(item, entry.slot, signal);
        if (attempt >= retries) {
          throw new Fault('ao/unreachable', `${mu.url} did not take message ${id}, and the schedule does not hold it`, {
            hint: 'Send the same item again later: it is looked up before it is repeated.', retryable: true, details: { message: id },
          });
        }
        await clock.sleep(100 * 2 ** attempt, signal);
      }
    },

    async spawn(item, signal) {
      const isModule = Buffer.from(item.raw.buffer, item.raw.byteOffset, Math.min(item.raw.byteLength, 6_000)).includes('Module-Format');
      if (isModule) {
        if (uploadUrl === undefined) throw new Fault('ao/unsupported', 'legacynet has no place for modules of its own', { hint: 'Give uploadUrl, or publish the module through an Arweave bundler.' });
        await post(unit(uploadUrl), '/tx', item, signal);
        return item.id;
      }
      await post(mu, '', item, signal);
      for (let attempt = 0; (await entryOf(item.id, item.id, signal)) === undefined; attempt++) {
        if (attempt >= retries) throw new Fault('ao/unreachable', `process ${item.id} was taken, but is not in the schedule`, { retryable: true, details: { process: item.id } });
        await clock.sleep(100 * 2 ** attempt, signal);
      }
      return item.id;
    },

    result: async (process, slot, signal) => outputOf(await resultAt(process, slot, signal)),

    async resultText(process, slot, path, signal) {
      const name = path.split('/').at(-1) ?? '';
      const value = mapOf((await resultAt(process, slot, signal))['Output'])[name];
      if (value === undefined || typeof value === 'object') throw new Fault('ao/no-result', `slot ${slot} of ${process} has no ${path}`, { details: { process, slot } });
      return String(value);
    },

    async read(process, path, signal) {
      const { edges } = await cu.read(`/results/${process}?sort=DESC&limit=1`, signal).catch((error: unknown) => notProcess(error, process));
      const output = mapOf(mapOf(mapOf(Array.isArray(edges) ? edges[0] : undefined)['node'])['Output']);
      return path.split('/').reduce<AoValue | undefined>((at, key) => mapOf(at)[key], output);
    },

    // Computed when asked: what is scheduled can be read.
    async slots(process, signal) {
      const scheduled = await lastSlot(process, signal);
      return { scheduled, computed: scheduled };
    },

    async *schedule(process, { from = 0, to } = {}, signal) {
      const last = to ?? (await lastSlot(process, signal));
      for (let next = from; next <= last;) {
        const entries = await page(process, next, Math.min(last, next + PAGE_SLOTS - 1), signal);
        for (const entry of entries) {
          if (entry.slot !== next) throw new Fault('ao/schedule-gap', `the schedule of ${process} lacks slot ${next}`, { details: { process, slot: next } });
          yield entry;
          next += 1;
        }
        if (entries.length === 0) return;
      }
    },

    async redeliver(process, slot, signal) {
      const [found] = await page(process, slot, slot, signal);
      if (found === undefined) throw new Fault('ao/no-result', `${process} has no slot ${slot}`, { details: { process, slot } });
      const { Messages } = await resultOf(process, found.message, signal);
      for (let i = 0; i < (Array.isArray(Messages) ? Messages.length : 0); i++) {
        await mu.read(`/push/${found.message}/${i}?process-id=${process}`, signal, { method: 'POST' });
      }
    },

    resolve: async () => undefined,
    setAlias: () => Promise.reject(new Fault('ao/unsupported', 'legacynet has no names', { hint: 'Keep names in the configuration, or in a process.' })),
  };
}

/** The flat part of `Output`. */
function outputOf(result: AoMap): Output {
  if (typeof result['Output'] === 'string') return { data: result['Output'] };
  const flat = Object.entries(mapOf(result['Output'])).filter((pair): pair is [string, string | number] => typeof pair[1] === 'string' || typeof pair[1] === 'number');
  return Object.fromEntries(flat.filter(([name]) => !/^c\d+$/.test(name)));
}

function tagsOf(tags: Record<string, string>) {
  return Object.entries(tags).map(([name, value]) => ({ name, value }));
}
