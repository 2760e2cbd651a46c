import { Fault } from '@beamline/core';
import type { ProcessId, SignedItem } from '@beamline/core';
import { isIntact } from '../ans104/verify.ts';
import { NoReply } from './exchange.ts';
import { unreachable } from './reader.ts';
import { isWorthAnother, pauseMs } from './retry.ts';
import { postOf, type SendOptions } from './send.ts';
import { badAnswer, numberOf } from './wire.ts';

/** Posts a process or module until the node has it. It exists under the item's id, so looking is cheap and exact. */
export async function spawnItem(options: SendOptions, item: SignedItem, isNew: boolean, signal?: AbortSignal): Promise<ProcessId> {
  const { url, ask, reader, clock, retries } = options;
  const path = `/${item.id}~process@1.0/slot/current`;
  // A page with status 200, from something in front of the node perhaps, is no process.
  const exists = async () => (await reader.confirm(path, (reply) => {
    const slot = numberOf(reply.body.toString('utf8'));
    if (slot === undefined) throw badAnswer(path, reply.status, 'no number');
    return slot;
  }, signal)) !== undefined;
  if (!isNew && (await exists())) return item.id;

  for (let attempt = 0; ; attempt++) {
    const reply = await ask(postOf(item, '/push'), signal).catch((error: unknown) => {
      if (!(error instanceof NoReply)) throw error;
      return error;
    });
    const status = reply instanceof NoReply ? undefined : reply.status;
    if (!(reply instanceof NoReply) && reply.status < 300 && reply.header('process') === item.id) return item.id;
    if (status !== 429 && (await exists())) return item.id;
    const isForged = status !== undefined && status >= 500 && attempt === 0 && !(await isIntact(item.raw));
    if (isForged || (status !== undefined && status >= 300 && status < 500 && status !== 429)) {
      throw new Fault('ao/rejected', `${url} refused process ${item.id} with status ${status}`, { details: { status, process: item.id } });
    }
    if (attempt >= retries || (reply instanceof NoReply && !isWorthAnother(reply))) {
      if (reply instanceof NoReply) throw unreachable(url, reply, { process: item.id });
      throw new Fault('ao/unreachable', `${url} keeps answering status ${status}; process ${item.id} does not exist`, {
        retryable: true,
        details: { status: status ?? 0, process: item.id },
      });
    }
    await clock.sleep(pauseMs(attempt, reply, clock.now()), signal);
  }
}
