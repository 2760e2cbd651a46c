import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Assignment, ItemSpec, ProcessId, Signer, Tag } from '@beamline/core';
import type { NetworkUnderTest } from './testing.ts';

/** Integers of a node's messages have at most 15 digits. `Show` puts values of all kinds into public state and output, `Length` measures the data, `Send` sends `m1` to `To`. */
const SHOWING_PROCESS = `
function compute(base, req)
  local body = req.body
  base.count = (base.count or 0) + 1
  base.results = { output = { data = "count=" .. base.count }, outbox = {} }
  if body.action == "Show" then
    base.shape = { a = 1, b = "x y", c = { d = 2 }, t = true, f = false }
    base.list = { 1, "two", { three = 3 } }
    base.float, base.whole, base.text, base.empty, base.nothing, base.yes, base.big = 1.5, 6.0, "a b", "", {}, true, 999999999999999
    base.results.output = { data = "ok", n = 5, f = 1.5, t = true, m = { a = 1 }, l = { 1, 2 } }
  elseif body.action == "Length" then
    base.results.output.data = tostring(#body.data)
    base.results.chunks = { c0 = body.data }
  elseif body.action == "Send" then
    base.results.outbox.m1 = { target = body.to, action = "Inc", data = "from " .. base.count }
  end
  return base
end
`;
const BIG = 1_000_000;
/** A node whose files race answers 500 to half of what it is asked. */
const SLOW_MS = 240_000;

/** What a HyperBEAM node shows beyond the contract of every network: values of all kinds, copies, sizes, batches. */
export function describeHyperbeamNode(name: string, open: () => Promise<NetworkUnderTest>): void {
  describe(`HyperBEAM node: ${name}`, () => {
    let under: NetworkUnderTest;
    let process: ProcessId;
    const spawn = async (source = SHOWING_PROCESS): Promise<ProcessId> => {
      const { network, player } = under;
      const module = await network.spawn(await network.signModule(player, source));
      return network.spawn(await network.signProcess(player, { module, tags: [], data: '1' }));
    };
    const tag = (tags: Record<string, string>): Tag[] => Object.entries(tags).map(([key, value]) => ({ name: key, value }));
    const sign = (signer: Signer, spec: Partial<ItemSpec> & { target: ProcessId }) =>
      under.network.signMessage(signer, { tags: tag({ Action: 'Inc' }), data: 'x', ...spec });

    beforeAll(async () => {
      under = await open();
      process = await spawn();
    });
    afterAll(() => under.dispose());

    it('says which devices it has, when it says so at all', async () => {
      const { capabilities } = await under.network.node();
      if (capabilities !== undefined) expect(capabilities).toEqual(expect.arrayContaining(['lua@5.3a', 'process@1.0', 'push@1.0', 'scheduler@1.0']));
    });

    it('shows values as the process made them', async () => {
      const target = await spawn();
      const delivery = await under.network.send(await sign(under.player, { target, tags: tag({ Action: 'Show' }) }));
      expect(delivery).toEqual({ outcome: 'computed', slot: 1, output: { data: 'ok', n: 5, f: 1.5, t: 'true', m: '{"a":1}', l: '[1,2]' } });
      const expected = {
        shape: { a: 1, b: 'x y', c: { d: 2 }, t: true, f: false }, list: [1, 'two', { three: 3 }], float: 1.5, whole: 6, text: 'a b', empty: '', nothing: {}, yes: true,
        big: 999_999_999_999_999, 'shape/c': { d: 2 }, 'shape/c/d': 2, 'list/2': 'two',
      };
      // A node stores a state behind its answer: a read may still show the one before.
      while ((await under.network.slots(target)).computed < 1) await new Promise((resolve) => setTimeout(resolve, 20));
      for (const [path, value] of Object.entries(expected)) expect([path, await under.network.read(target, path)]).toEqual([path, value]);
    }, SLOW_MS);

    it('keeps items of the same words apart, by one signer and by two', async () => {
      const target = await spawn();
      const items = [await sign(under.player, { target }), await sign(under.player, { target }), await sign(under.operator, { target })];
      for (const item of items) expect(await under.network.send(item)).toMatchObject({ outcome: 'computed' });
      const seen: Assignment[] = [];
      for await (const assignment of under.network.schedule(target, { from: 1 })) seen.push(assignment);
      expect(seen.map(({ message, committer }) => [message, committer])).toEqual(items.map(({ id, owner }) => [id, owner]));
    });

    it('keeps processes of the same words apart', async () => {
      const { network, player } = under;
      const module = await network.spawn(await network.signModule(player, SHOWING_PROCESS));
      const twins = [1, 2].map(async () => network.spawn(await network.signProcess(player, { module, tags: [], data: 'same' })));
      for (const twin of await Promise.all(twins)) expect(await network.send(await sign(player, { target: twin }))).toMatchObject({ outcome: 'computed', slot: 1 });
    });

    it('gives a part of the schedule', async () => {
      const target = await spawn();
      for (let i = 1; i <= 4; i++) await under.network.send(await sign(under.player, { target }));
      const slots: number[] = [];
      for await (const { slot } of under.network.schedule(target, { from: 1, to: 3 })) slots.push(slot);
      expect(slots).toEqual([1, 2, 3]);
    });

    it('takes a module, data and results of a size worth having', async () => {
      const target = await spawn(`${SHOWING_PROCESS}${'-- padding of a large program, which costs its size\n'.repeat(6_000)}`);
      const data = '0123456789'.repeat(BIG / 10);
      const delivery = await under.network.send(await sign(under.player, { target, tags: tag({ Action: 'Length' }), data }));
      expect(delivery).toMatchObject({ outcome: 'computed', slot: 1, output: { data: String(BIG) } });
      expect((await under.network.resultText(target, 1, 'chunks/c0')) === data).toBe(true);
    }, SLOW_MS);

    it('runs a batch in order and delivers what it sends', async () => {
      const [from, to] = [await spawn(), await spawn()];
      const items = [];
      for (const action of ['Inc', 'Send', 'Inc', 'Send']) items.push(await sign(under.player, { target: from, tags: tag({ Action: action, To: to }) }));
      const deliveries = await under.network.sendAll!(items);
      expect(deliveries.map(({ outcome, slot }) => [outcome, slot])).toEqual([1, 2, 3, 4].map((slot) => ['computed', slot]));
      expect((await under.network.slots(to)).scheduled).toBe(2);
      expect(await under.network.sendAll!(items)).toMatchObject(deliveries.map(({ slot }) => ({ slot })));
      expect((await under.network.slots(from)).scheduled).toBe(4);
    }, SLOW_MS);

    it('refuses to sign what would brick a process', async () => {
      for (const word of ['Function', 'parameters']) {
        await expect(sign(under.player, { target: process, tags: tag({ [word]: 'x' }) })).rejects.toMatchObject({ code: 'ao/bad-item' });
      }
    });
  });
}
