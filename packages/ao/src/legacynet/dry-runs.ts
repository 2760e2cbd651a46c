import { Fault, type AoMap, type Clock, type Output, type ProcessId, type Tag } from '@beamline/core';
import { errorOf, outputOf } from './delivery.ts';
import type { Unit } from './units.ts';

export interface DryRun {
  process: ProcessId;
  tags?: readonly Tag[];
  data?: string;
  /** Whom the process takes for the sender: nobody checks it. @default nobody in particular */
  owner?: string;
}

const MINUTE_MS = 60_000;
const NOBODY = '1234';

/**
 * Messages that are computed and forgotten. Public compute units answer 6 a minute for each address; the next one waits
 * here until it will be answered, rather than there.
 */
export function createDryRuns({ cu, clock, perMinute }: { cu: Unit; clock: Clock; perMinute: number }) {
  const asked: number[] = [];
  let last: Promise<unknown> = Promise.resolve();

  const turn = async (signal?: AbortSignal): Promise<void> => {
    while (asked.length > 0 && asked[0]! <= clock.now() - MINUTE_MS) asked.shift();
    if (asked.length >= perMinute) {
      await clock.sleep(asked[0]! + MINUTE_MS - clock.now(), signal);
      return turn(signal);
    }
    asked.push(clock.now());
  };

  /** @throws Fault `ao/dry-run-failed` with what the process says; those of the unit */
  return async ({ process, tags = [], data = '', owner = NOBODY }: DryRun, signal?: AbortSignal): Promise<Output> => {
    signal?.throwIfAborted();
    const next = last.then(() => turn(signal));
    last = next.catch(() => undefined);
    await next;
    const message = { Id: NOBODY, Target: process, Owner: owner, From: owner, Anchor: '0', Tags: tags, Data: data };
    const result: AoMap = await cu.read(`/dry-run?process-id=${process}`, signal, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(message)),
    });
    const error = errorOf(result);
    if (error !== undefined) throw new Fault('ao/dry-run-failed', `${process}: ${error.slice(0, 500)}`, { details: { process } });
    return outputOf(result);
  };
}
