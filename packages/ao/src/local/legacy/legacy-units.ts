import type { IncomingMessage } from 'node:http';
import { isFault, type Clock, type Logger } from '@beamline/core';
import { statusOf } from '../answer-fault.ts';
import type { LocalNode } from '../node.ts';
import { createComputeUnit } from './compute-unit.ts';
import { createGateway } from './gateway.ts';
import { createMessengerUnit } from './messenger-unit.ts';
import { failed, type UnitReply, type UnitRequest } from './reply.ts';
import { createSlotIndex } from './scheduled.ts';
import { createSchedulerUnit } from './scheduler-unit.ts';

const UNITS = /^\/(mu|cu|su|gw)(?=[/?]|$)/;

/** True for the paths of legacynet's units: `/mu`, `/cu`, `/su`, `/gw`. */
export function isLegacyPath(url: string): boolean {
  return UNITS.test(url);
}

export interface LegacyUnits {
  answer(message: IncomingMessage, body: Buffer): Promise<{ status: number; headers: Record<string, string>; body: string | Uint8Array }>;
  /** Ends the copies that dry runs are computed in. */
  close(): Promise<void>;
}

/** Legacynet's four units over one node, for its client in legacy mode. Every answer is JSON; errors are `{ error }`. */
export function createLegacyUnits(node: LocalNode, clock: Clock, logger: Logger): LegacyUnits {
  const slotOf = createSlotIndex();
  const compute = createComputeUnit(node, slotOf, clock);
  const units: Record<string, (request: UnitRequest) => Promise<UnitReply>> = {
    mu: createMessengerUnit(node, slotOf, logger),
    cu: compute.answer,
    su: createSchedulerUnit(node, slotOf),
    gw: createGateway(node),
  };
  return {
    async answer(message, body) {
      const reply = await answer(units, message, body).catch((error: unknown) => {
        if (!isFault(error)) logger.error('a request crashed', { url: message.url ?? '', error: String(error) });
        return failed(isFault(error, 'ao/bad-item') ? 400 : statusOf(error), isFault(error) ? error.message : 'Internal Server Error');
      });
      if ('bytes' in reply) return { status: reply.status, headers: reply.headers, body: reply.bytes };
      return { status: reply.status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(reply.json) };
    },
    close: compute.close,
  };
}

async function answer(units: Record<string, (request: UnitRequest) => Promise<UnitReply>>, message: IncomingMessage, body: Buffer): Promise<UnitReply> {
  const { url = '/', method = 'GET', headers, socket } = message;
  const [path = '', query = ''] = url.split('?', 2);
  const [unit = '', ...rest] = path.split('/').filter((part) => part !== '');
  return units[unit]!({
    method, rest, headers, body,
    query: new URLSearchParams(query),
    from: socket.remoteAddress ?? '',
    origin: `http://${headers.host ?? 'localhost'}`,
  });
}
