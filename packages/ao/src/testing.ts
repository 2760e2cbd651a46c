import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AoNetwork, Assignment, Id, ProcessId, Signer, Slot, Tag } from '@beamline/core';

export { describeHyperbeamNode } from './hyperbeam-node-contract.ts';
export { createFaultProxy, type FaultCounts, type FaultKind, type FaultProxy, type FaultProxyOptions, type FaultRule } from './fault-proxy/index.ts';

export interface NetworkUnderTest {
  network: AoNetwork;
  /** The node's operator, who may set aliases. */
  operator: Signer;
  /** Anybody else. */
  player: Signer;
  /** What this kind of network cannot do. @default none of it */
  lacks?: readonly NetworkLack[];
  /** Ends what `open` started. */
  dispose(): Promise<void>;
}

/**
 * What some networks cannot do, and say so, or do otherwise:
 * - `names`: `resolve` finds nothing, `setAlias` refuses with `ao/unsupported`
 * - `delivery-report`: what a process sends is delivered behind `send`, which never tells `undelivered`
 * - `bricks`: a process that fails at a slot goes on with the next, as if that one had not been
 */
export type NetworkLack = 'names' | 'delivery-report' | 'bricks';

/**
 * A process for tests: `Inc` counts, `Send` with `To` sends an outbox entry `m1`, `Page` leaves a chunk, `Fail` raises
 * an uncaught error. Public state: `count`, and `sender` of the last message pushed to it.
 */
export const TEST_PROCESS = `
function compute(base, req, opts)
  local body = req.body
  base.count = (base.count or 0) + 1
  base.results = { output = { data = "count=" .. base.count }, outbox = {} }
  if body["from-process"] then base.sender = body["from-process"] end
  if body.action == "Send" then
    base.results.outbox.m1 = { target = body.to, action = "Inc", data = body.data, ["orig-id"] = "o1", n = 7 }
  elseif body.action == "Page" then
    base.results.chunks = { c0 = "1,2;a%2Cb;" .. body.data }
  elseif body.action == "Fail" then
    error("failed on request")
  end
  return base
end
`;

/** What every `AoNetwork` must do. Third-party networks call this from their own tests. */
export function describeAoNetwork(name: string, open: () => Promise<NetworkUnderTest>): void {
  describe(`AoNetwork: ${name}`, () => {
    let under: NetworkUnderTest;
    let module: Id;

    beforeAll(async () => {
      under = await open();
      const { network, player } = under;
      module = await network.spawn(await network.signModule(player, TEST_PROCESS));
    });
    afterAll(() => under.dispose());

    const tagsOf = (tags: Record<string, string>): Tag[] => Object.entries(tags).map(([tag, value]) => ({ name: tag, value }));
    const spawn = async (): Promise<ProcessId> => {
      const { network, player } = under;
      return network.spawn(await network.signProcess(player, { module, tags: [], data: '1' }));
    };
    const sign = (target: ProcessId, tags: Record<string, string>, data = 'x') =>
      under.network.signMessage(under.player, { target, tags: tagsOf(tags), data });
    const assignments = async (process: ProcessId, from = 0): Promise<Assignment[]> => {
      const all: Assignment[] = [];
      for await (const assignment of under.network.schedule(process, { from })) all.push(assignment);
      return all;
    };
    const lacks = (lack: NetworkLack) => under.lacks?.includes(lack) ?? false;
    /** What is delivered behind the answer takes a moment. */
    const arrived = async (process: ProcessId, slot: Slot): Promise<void> => {
      while (lacks('delivery-report') && (await under.network.slots(process)).scheduled < slot) await new Promise((resolve) => setTimeout(resolve, 5));
    };

    it('names the node that is authority and scheduler', async () => {
      const { address, build } = await under.network.node();
      expect(address).toMatch(/^[\w-]{43}$/);
      expect(build).not.toBe('');
    });

    it('computes a message and answers with slot and output', async () => {
      const process = await spawn();
      const delivery = await under.network.send(await sign(process, { Action: 'Inc' }));
      expect(delivery).toEqual({ outcome: 'computed', slot: 1, output: { data: 'count=2' } });
      expect(await under.network.result(process, 1)).toEqual({ data: 'count=2' });
    });

    it('shows a message in the schedule under the id known before it was sent', async () => {
      const process = await spawn();
      const item = await sign(process, { Action: 'Inc', 'X-Name': 'Ann' }, 'hello');
      await under.network.send(item);
      const all = await assignments(process);
      expect(all.map(({ slot }) => slot)).toEqual([0, 1]);
      expect(all[1]).toMatchObject({ process, slot: 1, message: item.id, committer: under.player.address });
      expect(all[1]?.req).toMatchObject({ slot: 1, process, body: { action: 'Inc', 'x-name': 'Ann', data: 'hello', target: process } });
    });

    it('runs an item once, however often it is sent', async () => {
      const process = await spawn();
      const item = await sign(process, { Action: 'Inc' });
      const first = await under.network.send(item);
      const again = await under.network.send(item);
      const copy = await under.network.send({ ...item });
      expect([again, copy]).toEqual([first, first]);
      expect(await assignments(process)).toHaveLength(2);
    });

    it('spawns a process once, however often it is sent', async () => {
      const { network, player } = under;
      const item = await network.signProcess(player, { module, tags: [], data: '1' });
      expect([await network.spawn(item), await network.spawn(item), await network.spawn({ ...item })]).toEqual([item.id, item.id, item.id]);
      expect(await assignments(item.id)).toHaveLength(1);
    });

    it('refuses a message to a process that nobody knows', async () => {
      const item = await sign('z'.repeat(43), { Action: 'Inc' });
      await expect(under.network.send(item)).rejects.toMatchObject({ code: 'ao/unknown-process', retryable: false });
      await expect(under.network.slots('z'.repeat(43))).rejects.toMatchObject({ code: 'ao/unknown-process' });
    });

    it('refuses an item that was altered after it was signed, and schedules nothing', async () => {
      const process = await spawn();
      const item = await sign(process, { Action: 'Inc' });
      item.raw[item.raw.length - 1] = item.raw.at(-1)! ^ 1;
      await expect(under.network.send(item)).rejects.toMatchObject({ code: 'ao/rejected', retryable: false });
      expect(await assignments(process)).toHaveLength(1);
    });

    it('says that a message is scheduled, not lost, when its process fails on it', async () => {
      const process = await spawn();
      await under.network.send(await sign(process, { Action: 'Inc' }));
      expect(await under.network.send(await sign(process, { Action: 'Fail' }))).toMatchObject({ outcome: 'scheduled', slot: 2 });
      expect(await under.network.read(process, 'count')).toBe(2);
      const after = await under.network.send(await sign(process, { Action: 'Inc' }));
      if (lacks('bricks')) {
        expect(after).toEqual({ outcome: 'computed', slot: 3, output: { data: 'count=3' } });
        return;
      }
      expect(after).toMatchObject({ outcome: 'scheduled', slot: 3 });
      expect(await under.network.slots(process)).toEqual({ scheduled: 3, computed: 1 });
      expect(await under.network.read(process, 'count')).toBe(2);
    });

    it('reads public keys, and nothing where there is no key', async () => {
      const process = await spawn();
      await under.network.send(await sign(process, { Action: 'Inc' }));
      expect(await under.network.read(process, 'count')).toBe(2);
      expect(await under.network.read(process, 'module')).toBe(module);
      expect(await under.network.read(process, 'process/type')).toBe('Process');
      expect(await under.network.read(process, 'no-such-key')).toBeUndefined();
    });

    it('reads a page of a slot exactly, also after later slots', async () => {
      const process = await spawn();
      await under.network.send(await sign(process, { Action: 'Page' }, '7'.repeat(100_000)));
      await under.network.send(await sign(process, { Action: 'Inc' }));
      expect(await under.network.resultText(process, 1, 'chunks/c0')).toBe(`1,2;a%2Cb;${'7'.repeat(100_000)}`);
      await expect(under.network.resultText(process, 1, 'chunks/c1')).rejects.toMatchObject({ code: 'ao/no-result' });
    });

    it('delivers between processes with the sender vouched for by the node', async () => {
      const [from, to] = [await spawn(), await spawn()];
      expect(await under.network.send(await sign(from, { Action: 'Send', To: to }, 'cargo'))).toMatchObject({ outcome: 'computed' });
      await arrived(to, 1);
      const [received] = await assignments(to, 1);
      const { address } = await under.network.node();
      expect(received?.committer).toBe(address);
      const body = received?.req['body'] as Record<string, unknown>;
      expect(body).toMatchObject({ action: 'Inc', data: 'cargo', 'from-process': from, 'orig-id': 'o1' });
      // Tags are texts where messages travel as items.
      expect(Number(body['n'])).toBe(7);
      expect(await under.network.read(to, 'sender')).toBe(from);
    });

    it('names the entries that reached nobody, inside a success', async () => {
      const from = await spawn();
      const delivery = await under.network.send(await sign(from, { Action: 'Send', To: 'z'.repeat(43) }));
      if (lacks('delivery-report')) expect(delivery).toEqual({ outcome: 'computed', slot: 1, output: { data: 'count=2' } });
      else expect(delivery).toMatchObject({ outcome: 'computed', slot: 1, undelivered: ['m1'] });
    });

    it('delivers a slot again on request, at a new slot of the receiver', async () => {
      const [from, to] = [await spawn(), await spawn()];
      await under.network.send(await sign(from, { Action: 'Send', To: to }));
      await under.network.redeliver(from, 1);
      await under.network.redeliver(from, 1);
      await arrived(to, 3);
      expect(await under.network.slots(to)).toEqual({ scheduled: 3, computed: 3 });
      expect(await under.network.slots(from)).toEqual({ scheduled: 1, computed: 1 });
    });

    it('resolves an alias to where it points now', async () => {
      const { network, operator } = under;
      const [blue, green] = [await spawn(), await spawn()];
      if (lacks('names')) {
        await expect(network.setAlias('contract-arena-0', blue, operator)).rejects.toMatchObject({ code: 'ao/unsupported', retryable: false });
        expect(await network.resolve('contract-arena-0')).toBeUndefined();
        return;
      }
      await network.setAlias('contract-arena-0', blue, operator);
      expect(await network.resolve('contract-arena-0')).toBe(blue);
      await network.setAlias('contract-arena-0', green, operator);
      expect(await network.resolve('contract-arena-0')).toBe(green);
      expect(await network.resolve('contract-nobody')).toBeUndefined();
    });

    it('lets nobody but the operator set an alias', async () => {
      const process = await spawn();
      await expect(under.network.setAlias('contract-mine', process, under.player)).rejects.toMatchObject({ code: lacks('names') ? 'ao/unsupported' : 'ao/not-operator' });
      expect(await under.network.resolve('contract-mine')).toBeUndefined();
    });

    it('stops when the caller aborts', async () => {
      const reason = new Error('enough');
      await expect(under.network.node(AbortSignal.abort(reason))).rejects.toBe(reason);
      await expect(under.network.send(await sign('z'.repeat(43), {}), AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });
}
