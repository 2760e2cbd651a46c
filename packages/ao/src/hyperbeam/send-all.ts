import { isFault } from '@beamline/core';
import type { AoNetwork, Delivery, SignedItem, Slot } from '@beamline/core';
import { outcomeAt, resultsAt } from './outcome.ts';
import { scheduleItem, type Past, type SendOptions } from './send.ts';

/**
 * Many items by `/schedule`, then one computation up to the last slot, then what each slot answered. Scheduling
 * delivers nothing, so slots that send something are delivered by `push?slot=`. A node stores its whole machine once
 * per computation, which makes this 2–3 times faster there than pushing.
 */
export async function sendAllItems(
  options: SendOptions,
  items: readonly SignedItem[],
  pastOf: (item: SignedItem) => Past,
  redeliver: AoNetwork['redeliver'],
  signal?: AbortSignal,
): Promise<Delivery[]> {
  const deliveries = new Map<SignedItem, Delivery>();

  const inOrder = async (mine: readonly SignedItem[]): Promise<void> => {
    const slots: [SignedItem, Slot][] = [];
    try {
      for (const item of mine) slots.push([item, (await scheduleItem(options, item, pastOf(item), 'schedule', signal)).slot]);
    } finally {
      // What was scheduled before an item failed is computed and delivered all the same; the last slot computes the others.
      for (const [item, slot] of slots.toReversed()) deliveries.set(item, await outcomeAt(options.reader, item.target, slot, signal));
    }
  };

  const deliver = async (item: SignedItem): Promise<void> => {
    const delivery = deliveries.get(item);
    if (delivery?.outcome !== 'computed') return;
    const entries = outboxOf(await resultsAt(options.reader, item.target, delivery.slot, signal));
    if (entries.length === 0) return;
    try {
      await redeliver(item.target, delivery.slot, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isFault(error)) throw error;
      deliveries.set(item, { ...delivery, undelivered: entries });
    }
  };

  const groups = [...Map.groupBy(items, ({ target }) => target).values()];
  await Promise.all(groups.map(async (mine) => {
    try {
      await inOrder(mine);
    } finally {
      for (const item of mine) await deliver(item);
    }
  }));
  return items.map((item) => deliveries.get(item) as Delivery);
}

function outboxOf(results: Readonly<Record<string, unknown>> | undefined): string[] {
  const outbox = results?.['outbox'];
  if (typeof outbox !== 'object' || outbox === null) return [];
  return Object.entries(outbox).filter(([name, entry]) => name !== 'commitments' && typeof entry === 'object' && entry !== null).map(([name]) => name);
}
