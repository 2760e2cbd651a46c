import { Fault, type Address, type AoNetwork, type Clock, type Id, type Output, type SignedItem, type Tag } from '@beamline/core';
import { createItem } from '../ans104/create.ts';
import { verifyInstalled } from './aos/install-on-aos.ts';
import { signLegacy } from './connection.ts';
import { createDelivery, errorOf, outputOf } from './delivery.ts';
import { createDryRuns, type DryRun } from './dry-runs.ts';
import type { NameBook } from './name-file.ts';
import { createPrograms } from './programs.ts';
import { mapOf } from './schedule-entry.ts';
import { createUnit } from './units.ts';
import { createView } from './view.ts';

export interface LegacynetOptions {
  /** Messenger unit: takes items. */
  muUrl: string;
  /** Compute unit: answers results. */
  cuUrl: string;
  /** Scheduler unit: shows schedules. */
  suUrl: string;
  /** Takes modules at `/tx`, as an Arweave uploader does. @default none: publish modules elsewhere */
  uploadUrl?: string;
  /** Shows what was published at `/<id>`. @default `uploadUrl` */
  gatewayUrl?: string;
  clock: Clock;
  /** Whose key signs what processes send. @default what the compute unit calls its address */
  authority?: Address;
  /** @default what the scheduler unit calls its address */
  scheduler?: Address;
  /**
   * Id of an aos module. A process of a Lua program is then an aos process that boots with the program; its source comes
   * from this client, or from the gateway. @default modules are what the network runs
   */
  aosModule?: Id;
  /** Keeps names, which legacynet has not. Whoever may write there may move them. @default none: `setAlias` refuses */
  names?: NameBook;
  /** Dry runs; the public unit refuses more. @default 6 */
  dryRunsPerMinute?: number;
  /** Of one request. @default 60_000 */
  timeoutMs?: number;
  /** Further attempts after a 429, a 5xx or a lost answer, with pauses that double from 100 ms. @default 5 */
  retries?: number;
  /** @default the platform's */
  fetch?: typeof fetch;
}

export interface Legacynet extends AoNetwork {
  /** Computes a message that changes nothing; waits its turn. @throws Fault `ao/dry-run-failed` */
  dryRun(message: DryRun, signal?: AbortSignal): Promise<Output>;
}

/**
 * An AO network of messenger, compute and scheduler units, through the official client's legacy mode. Results come in
 * aos' shape: `Output` holds what a program answers, its chunks, its health and its other keys, and `read` sees what the
 * newest results show. What a process sends is delivered behind `send`. Without
 * `names` there are none: `resolve` finds nothing and `setAlias` refuses.
 */
export function createLegacynet({
  muUrl, cuUrl, suUrl, uploadUrl, gatewayUrl = uploadUrl, clock, authority, scheduler, aosModule, names, dryRunsPerMinute = 6,
  timeoutMs = 60_000, retries = 5, fetch = globalThis.fetch,
}: LegacynetOptions): Legacynet {
  const unit = (url: string) => createUnit(url, { clock, timeoutMs, retries, fetch });
  const [mu, cu, su] = [unit(muUrl), unit(cuUrl), unit(suUrl)];
  const view = createView(su, cu);
  const { send, post, scheduled } = createDelivery({ mu, view, clock, retries });
  const programs = createPrograms(aosModule, gatewayUrl === undefined ? undefined : unit(gatewayUrl));
  /** Signed here and never sent: need not be looked for. */
  const unsent = new WeakSet<SignedItem>();

  const addressOf = async (given: Address | undefined, of: typeof cu, signal?: AbortSignal): Promise<Address> =>
    given ?? String((await of.read('', signal))['address'] ?? '');

  return {
    kind: 'legacynet',
    node: async (signal) => ({ address: await addressOf(authority, cu, signal), build: 'legacynet' }),

    async signMessage(signer, spec) {
      const item = await signLegacy(mu.url, signer, spec);
      unsent.add(item);
      return item;
    },

    async signModule(signer, source, signal) {
      signal?.throwIfAborted();
      const item = await createItem(signer, {
        tags: tagsOf({ 'Data-Protocol': 'ao', Variant: 'ao.TN.1', Type: 'Module', 'Module-Format': 'lua', 'Input-Encoding': 'JSON-1', 'Output-Encoding': 'JSON-1', 'Content-Type': 'application/lua' }),
        data: source,
      });
      programs.remember(item.id, source);
      return item;
    },

    async signProcess(signer, { module, tags, data }, signal) {
      const program = await programs.processOf(module, data, signal);
      const own = new Set(tags.map(({ name }) => name.toLowerCase()));
      const defaults = tagsOf({
        'Data-Protocol': 'ao', Variant: 'ao.TN.1', Type: 'Process',
        Scheduler: await addressOf(scheduler, su, signal), Authority: await addressOf(authority, cu, signal),
      });
      return createItem(signer, { tags: [...defaults.filter(({ name }) => !own.has(name.toLowerCase())), ...program.tags, ...tags], data: program.data });
    },

    async send(item, signal) {
      signal?.throwIfAborted();
      return send(item, unsent.delete(item), signal);
    },

    async spawn(item, signal) {
      signal?.throwIfAborted();
      const head = Buffer.from(item.raw.buffer, item.raw.byteOffset, Math.min(item.raw.byteLength, 6_000));
      if (head.includes('Module-Format')) {
        // Processes that boot with their program need no module anywhere.
        if (uploadUrl === undefined && aosModule !== undefined) return item.id;
        if (uploadUrl === undefined) throw new Fault('ao/unsupported', 'legacynet has no place for modules of its own', { hint: 'Give uploadUrl, or publish the module through an Arweave bundler.' });
        await post(unit(uploadUrl), '/tx', item, signal);
        return item.id;
      }
      await post(mu, '', item, signal);
      if ((await scheduled(item.id, item.id, retries, signal)) === undefined) {
        throw new Fault('ao/unreachable', `process ${item.id} was taken, but is not in the schedule`, { retryable: true, details: { process: item.id } });
      }
      if (head.includes('Beamline-Module')) await verifyInstalled(await view.resultOf(item.id, item.id, signal), { process: item.id, slot: 0 });
      return item.id;
    },

    async result(process, slot, signal) {
      const result = await view.resultAt(process, slot, signal);
      const error = errorOf(result);
      if (error !== undefined) throw new Fault('ao/no-result', `slot ${slot} of ${process} failed: ${error.slice(0, 500)}`, { details: { process, slot } });
      return outputOf(result);
    },

    async resultText(process, slot, path, signal) {
      const name = path.split('/').at(-1) ?? '';
      const value = mapOf((await view.resultAt(process, slot, signal))['Output'])[name];
      if (value === undefined || typeof value === 'object') throw new Fault('ao/no-result', `slot ${slot} of ${process} has no ${path}`, { details: { process, slot } });
      return String(value);
    },

    read: view.read,
    // Computed when asked: what is scheduled can be read.
    async slots(process, signal) {
      const last = await view.lastSlot(process, signal);
      return { scheduled: last, computed: last };
    },
    schedule: view.schedule,

    async redeliver(process, slot, signal) {
      const { message } = await view.entryAt(process, slot, signal);
      const { Messages } = await view.resultOf(process, message, signal);
      for (let i = 0; i < (Array.isArray(Messages) ? Messages.length : 0); i++) {
        await mu.read(`/push/${message}/${i}?process-id=${process}`, signal, { method: 'POST' });
      }
    },

    async resolve(alias, signal) {
      signal?.throwIfAborted();
      return names?.get(alias);
    },
    async setAlias(alias, process, _operator, signal) {
      signal?.throwIfAborted();
      if (names) return names.set(alias, process);
      throw new Fault('ao/unsupported', 'legacynet has no names', { hint: 'Give createLegacynet names: createNameFile(path) keeps them in a file.' });
    },
    dryRun: createDryRuns({ cu, clock, perMinute: dryRunsPerMinute }),
  };
}

function tagsOf(tags: Record<string, string>): Tag[] {
  return Object.entries(tags).map(([name, value]) => ({ name, value }));
}
