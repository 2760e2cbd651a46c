import type { Message } from './message.ts';
import { lookup } from '#target';

/** A message whose sender the host has established. The kernel fills in `link` when it applies it. */
export interface Envelope extends Message {
  link: string;
}

export function createEnvelope(
  id: string, from: string, fromProcess: boolean, data: string, tags: Readonly<Record<string, string>>, timestamp: number, slot: number,
): Envelope {
  return { id, from, fromProcess, link: '', action: lookup(tags, 'action') ?? '', data, tags, timestamp, slot };
}
