import { Fault, silentLogger } from '@beamline/core';
import { expect, it } from '@jest/globals';
import { patiently } from '../src/patience.ts';
import type { DeployEvent } from '../src/index.ts';
import { createSteppingClock } from '../src/testing.ts';

const outage = new Fault('ao/unreachable', 'nobody answers', { retryable: true });
const patience = (patienceMs = 10_000) => ({ clock: createSteppingClock(), patienceMs, logger: silentLogger });

it('waits an outage out', async () => {
  let tries = 0;
  const act = async (): Promise<DeployEvent> => {
    tries += 1;
    if (tries < 5) throw outage;
    return { on: 'linked', at: 7 };
  };
  expect(await patiently(patience(), 'd1', act)).toEqual({ on: 'linked', at: 7 });
});

it('stops, to be resumed, when the outage lasts', async () => {
  await expect(patiently(patience(), 'd1', () => Promise.reject(outage))).rejects.toMatchObject({
    code: 'deployer/interrupted', retryable: true, hint: expect.stringContaining('d1'), cause: outage,
  });
});

it('takes a refusal for an answer at once', async () => {
  let tries = 0;
  const event = await patiently(patience(), 'd1', () => {
    tries += 1;
    throw new Fault('kernel/not-owner', 'only the owner');
  });
  expect([tries, event]).toEqual([1, expect.objectContaining({ on: 'failed', reason: 'kernel/not-owner: only the owner' })]);
});

it('stops at once when it is told to', async () => {
  const stop = new AbortController();
  const act = (): Promise<DeployEvent> => {
    stop.abort();
    return Promise.reject(outage);
  };
  await expect(patiently({ ...patience(), signal: stop.signal }, 'd1', act)).rejects.toMatchObject({ code: 'deployer/interrupted' });
});
