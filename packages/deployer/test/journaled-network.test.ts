import { expect, it } from '@jest/globals';
import { createMemoryJournal } from '../src/index.ts';
import type { Journal, JournalEntry } from '../src/index.ts';
import { createItemLedger } from '../src/item-ledger.ts';
import { journaledNetwork } from '../src/journaled-network.ts';
import { createSmallGame, owner } from './small-game.ts';

async function entries(journal: Journal): Promise<JournalEntry[]> {
  const found: JournalEntry[] = [];
  for await (const entry of journal.read('d1')) found.push(entry);
  return found;
}

const said = (issued: number) => ({
  target: 'somebody', data: 'x', tags: [{ name: 'Action', value: 'Beamline.Freeze' }, { name: 'Issued', value: String(issued) }],
});

it('writes an item down before it hands it out', async () => {
  const journal = createMemoryJournal();
  const { network } = createSmallGame();
  const item = await journaledNetwork(network, createItemLedger(journal, 'd1', []), 'fence').signMessage(owner, said(1));
  expect(await entries(journal)).toEqual([
    { kind: 'signed', key: expect.stringMatching(/^fence\/message\//), item: expect.objectContaining({ id: item.id, target: 'somebody' }) },
  ]);
});

it('finds the very same bytes again after a crash, whatever the time is by then', async () => {
  const journal = createMemoryJournal();
  const { network } = createSmallGame();
  const item = await journaledNetwork(network, createItemLedger(journal, 'd1', []), 'fence').signMessage(owner, said(1));
  const ledger = createItemLedger(journal, 'd1', await entries(journal));
  expect(await journaledNetwork(network, ledger, 'fence').signMessage(owner, said(999))).toEqual(item);
  expect((await journaledNetwork(network, ledger, 'thaw').signMessage(owner, said(999))).id).not.toBe(item.id);
  expect((await journaledNetwork(network, ledger, 'fence').signMessage(owner, { ...said(1), data: 'y' })).id).not.toBe(item.id);
});

it('signs what is said twice on purpose twice, in order', async () => {
  const journal = createMemoryJournal();
  const { network } = createSmallGame();
  const first = journaledNetwork(network, createItemLedger(journal, 'd1', []), 'hand-over');
  const ids = [(await first.signMessage(owner, said(1))).id, (await first.signMessage(owner, said(2))).id];
  expect(new Set(ids).size).toBe(2);
  const second = journaledNetwork(network, createItemLedger(journal, 'd1', await entries(journal)), 'hand-over');
  expect([(await second.signMessage(owner, said(3))).id, (await second.signMessage(owner, said(4))).id]).toEqual(ids);
});

it('signs anew only what the network shows to have been refused', async () => {
  const journal = createMemoryJournal();
  const { network } = createSmallGame();
  const refusing = { ...network, send: async () => ({ outcome: 'computed' as const, slot: 1, output: { outcome: 'refused', code: 'kernel/stale-operation' } }) };
  const ledger = createItemLedger(journal, 'd1', []);
  const item = await journaledNetwork(refusing, ledger, 'fence').signMessage(owner, said(1));
  await expect(journaledNetwork(refusing, ledger, 'fence').send(item)).rejects.toMatchObject({ code: 'deployer/stale-item', retryable: true });
  const again = await journaledNetwork(network, createItemLedger(journal, 'd1', await entries(journal)), 'fence').signMessage(owner, said(2));
  expect(again.id).not.toBe(item.id);
});
