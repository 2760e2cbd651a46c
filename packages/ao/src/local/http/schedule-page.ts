import type { AoMap } from '@beamline/core';
import { hmacId } from '../../httpsig/commitment.ts';
import type { LocalProcess } from '../process.ts';
import type { Answer } from './answer.ts';
import type { Segment } from './path.ts';
import { paramOf, slotOf, type LocalRequest } from './request.ts';

const MAX_ASSIGNMENTS = 1000;

/** `GET /<pid>~process@1.0/schedule?from&to`: at most 1,000 slots, both ends included. */
export async function schedulePage(process: LocalProcess, request: LocalRequest, segment: Segment): Promise<Answer> {
  const from = slotOf(paramOf(request, segment, 'from') ?? '0');
  const last = Math.min(slotOf(paramOf(request, segment, 'to') ?? String(process.schedule.last())), process.schedule.last());
  const end = Math.min(last, from + MAX_ASSIGNMENTS - 1);

  const assignments: AoMap = {};
  for (let slot = from; slot <= end; slot++) assignments[slot] = await process.schedule.assignment(slot);
  const slots = Object.keys(assignments);
  if (slots.length > 0) {
    const id = hmacId(Object.fromEntries(slots.map((slot) => [slot, process.schedule.entry(Number(slot))?.id ?? ''])));
    assignments['commitments'] = {
      [id]: { 'commitment-device': 'httpsig@1.0', committed: slots, keyid: 'constant:ao', signature: id, type: 'hmac-sha256' },
    };
  }
  return {
    status: 200,
    value: {
      'ao-types': 'continues="atom"',
      assignments,
      'block-hash': 'A'.repeat(43),
      'block-height': 0,
      continues: String(end < last),
      process: process.id,
      status: 200,
      timestamp: 0,
      type: 'schedule',
    },
  };
}
