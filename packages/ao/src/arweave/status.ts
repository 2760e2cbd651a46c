import type { Id } from '@beamline/core';
import { findItems } from './find.ts';
import type { Gateway } from './gateway.ts';
import { refused } from './gateway.ts';

/**
 * Where an item is on its way into the chain. `pending`: a gateway knows it, no block has it. `confirmed`: in a block;
 * `final` once so many blocks lie on top that it stays there.
 */
export type ItemStatus =
  | { state: 'unknown' }
  | { state: 'pending' }
  | { state: 'confirmed' | 'final'; height: number; confirmations: number };

/**
 * Asks `/tx/<id>/status` first. Many gateways know whole transactions there and no bundled items: then the index says
 * in which block the item lies, and `/info` how high the chain is.
 */
export async function statusOf(gateway: Gateway, id: Id, finalConfirmations: number, signal?: AbortSignal): Promise<ItemStatus> {
  const told = await toldByStatus(gateway, id, signal);
  if (told === 'pending') return { state: 'pending' };
  const place = told ?? (await toldByIndex(gateway, id, signal));
  if (place === undefined || place === 'pending') return { state: place ?? 'unknown' };
  return { state: place.confirmations >= finalConfirmations ? 'final' : 'confirmed', ...place };
}

interface Place {
  height: number;
  confirmations: number;
}

function toldByStatus(gateway: Gateway, id: Id, signal?: AbortSignal): Promise<Place | 'pending' | undefined> {
  const path = `/tx/${id}/status`;
  return gateway.ask({ method: 'GET', path }, (reply) => {
    if (reply.status === 202) return 'pending';
    if (reply.status === 404 || reply.status === 400) return undefined;
    if (reply.status !== 200) throw refused(gateway.url, path, reply);
    const { block_height: height, number_of_confirmations: confirmations } = numbersOf(reply.body);
    return height === undefined || confirmations === undefined ? undefined : { height, confirmations };
  }, signal);
}

async function toldByIndex(gateway: Gateway, id: Id, signal?: AbortSignal): Promise<Place | 'pending' | undefined> {
  for await (const { height } of findItems(gateway, { ids: [id] }, signal)) {
    if (height === undefined) return 'pending';
    const top = await gateway.ask({ method: 'GET', path: '/info' }, (reply) => {
      if (reply.status !== 200) throw refused(gateway.url, '/info', reply);
      return numbersOf(reply.body)['height'] ?? height;
    }, signal);
    return { height, confirmations: Math.max(1, top - height + 1) };
  }
  return undefined;
}

/** Some nodes write their numbers as text. */
function numbersOf(body: Buffer): Record<string, number | undefined> {
  try {
    const json = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    return Object.fromEntries(Object.entries(json).filter(([, value]) => /^\d{1,15}$/.test(String(value))).map(([name, value]) => [name, Number(value)]));
  } catch {
    return {};
  }
}
