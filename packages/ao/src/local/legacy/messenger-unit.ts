import { isFault, type Logger } from '@beamline/core';
import { parseItem } from '../../ans104/parse.ts';
import { verifyItem } from '../../ans104/verify.ts';
import { refusal } from '../answer-fault.ts';
import type { LocalNode } from '../node.ts';
import { push } from '../push.ts';
import type { LocalProcess } from '../process.ts';
import { failed, ok, type UnitReply, type UnitRequest } from './reply.ts';
import { processOf, type createSlotIndex } from './scheduled.ts';

/**
 * Takes items: `POST /mu` schedules a message or creates a process and answers at once with 202; computing and
 * delivering what it sends goes on behind. A message's id is scheduled once, however often it is posted.
 */
export function createMessengerUnit(node: LocalNode, slotOf: ReturnType<typeof createSlotIndex>, logger: Logger) {
  const crank = (process: LocalProcess, slot: number) =>
    void push(node, process, slot).catch((error: unknown) =>
      logger.debug('a message was not delivered', { process: process.id, slot, error: isFault(error) ? error.message : String(error) }));

  return async ({ method, rest, body, query }: UnitRequest): Promise<UnitReply> => {
    const [action, id, position] = rest;
    if (method === 'POST' && action === 'push') {
      const process = processOf(node, query.get('process-id'));
      const slot = slotOf(process, id ?? '');
      if (slot === undefined) return failed(404, `message ${id} is not in the schedule`);
      // Legacynet redelivers one message of a result; the node knows only all of them.
      if (position === '0' || position === undefined) crank(process, slot);
      return ok({ message: 'Processing', id });
    }
    if (action === 'monitor') return ok({ message: 'cron is not run here: ask for results instead' });
    if (method !== 'POST') return ok({ message: 'ao messenger unit', address: node.signer.address });
    if (query.has('assign')) return failed(501, 'assignments are not supported here');
    const item = parseItem(body);
    if (!(await verifyItem(item))) throw refusal(400, 'ao/bad-signature', 'Data item is not valid');
    if (item.target === '') {
      if (!item.tags.some(({ name, value }) => name === 'Type' && value === 'Process')) return failed(400, 'only processes have no target');
      const { process, durable } = node.spawn(item, body);
      await durable;
      crank(process, 0);
      return ok({ message: 'Processing DataItem', id: item.id, processId: item.id }, 202);
    }
    const process = processOf(node, item.target);
    if (slotOf(process, item.id) === undefined) {
      const { slot, durable } = node.schedule(process, item, body);
      await durable;
      crank(process, slot);
    }
    return ok({ message: 'Processing DataItem', id: item.id }, 202);
  };
}
