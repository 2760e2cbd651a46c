import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Signer, Tag } from '@beamline/core';
import type { Arweave } from '../anchor/arweave.ts';

export interface ArweaveUnderTest {
  arweave: Arweave;
  signer: Signer;
  stranger: Signer;
  /** Makes so many blocks. */
  mine(blocks: number): Promise<void> | void;
  dispose(): Promise<void>;
}

/** The contract of the Arweave port, for the client of a network and for those who write their own. */
export function describeArweave(kind: string, open: () => Promise<ArweaveUnderTest>): void {
  describe(`Arweave contract: ${kind}`, () => {
    let under: ArweaveUnderTest;
    let arweave: Arweave;
    beforeAll(async () => {
      under = await open();
      arweave = under.arweave;
    });
    afterAll(() => under.dispose());

    const bytes = Uint8Array.from({ length: 3_000 }, (_, n) => (n * 7) & 255);
    const spec = (kindTag: string) => ({ tags: [{ name: 'Kind', value: kindTag }, { name: 'Note', value: 'grün' }] satisfies Tag[], data: bytes });
    const keep = async (kindTag: string, by = under.signer) => {
      const item = await arweave.sign(by, spec(kindTag));
      await arweave.upload(item);
      return item;
    };
    const find = async (query: Parameters<Arweave['find']>[0]) => {
      const found = [];
      for await (const each of arweave.find(query)) found.push(each);
      return found;
    };

    it('signs offline, with a new id each time', async () => {
      const [first, second] = [await arweave.sign(under.signer, spec('sign')), await arweave.sign(under.signer, spec('sign'))];
      expect(first.id).not.toBe(second.id);
      expect(await arweave.status(first.id)).toEqual({ state: 'unknown' });
      expect(await arweave.item(first.id)).toBeUndefined();
      expect(await arweave.bytes(first.id)).toBeUndefined();
    });

    it('returns what was signed', async () => {
      const { id } = await keep('return');
      expect(await arweave.item(id)).toEqual({ id, owner: under.signer.address, tags: spec('return').tags, data: bytes });
      expect(await arweave.bytes(id)).toEqual(bytes);
      expect((await arweave.bytes(id, 10))!.subarray(0, 10)).toEqual(bytes.subarray(0, 10));
    });

    it('keeps an item once, however often it is uploaded', async () => {
      const item = await keep('once');
      await arweave.upload(item);
      expect(await find({ tags: [{ name: 'Kind', values: ['once'] }] })).toHaveLength(1);
    });

    it('refuses what was altered after it was signed', async () => {
      const item = await arweave.sign(under.signer, spec('altered'));
      const raw = item.raw.slice();
      raw[raw.length - 1]! ^= 1;
      await expect(arweave.upload({ ...item, raw })).rejects.toMatchObject({ retryable: false });
      expect(await arweave.status(item.id)).toEqual({ state: 'unknown' });
    });

    it('finds by id, owner and tags', async () => {
      const [mine, other] = [await keep('find'), await keep('find', under.stranger)];
      const tags = [{ name: 'Kind', values: ['other', 'find'] }];
      expect((await find({ owners: [under.signer.address], tags })).map(({ id }) => id)).toEqual([mine.id]);
      expect((await find({ tags })).map(({ id }) => id)).toEqual([other.id, mine.id]);
      expect(await find({ ids: [mine.id] })).toMatchObject([{ id: mine.id, owner: under.signer.address, sizeBytes: bytes.length }]);
      expect(await find({ ids: [mine.id], tags: [{ name: 'Kind', values: ['other'] }] })).toEqual([]);
    });

    it('becomes final under enough blocks', async () => {
      const { id } = await keep('final');
      expect(await arweave.status(id)).toEqual({ state: 'pending' });
      await under.mine(1);
      expect(await arweave.status(id)).toMatchObject({ state: 'confirmed', confirmations: 1 });
      await under.mine(100);
      expect(await arweave.status(id)).toMatchObject({ state: 'final' });
    });
  });
}
