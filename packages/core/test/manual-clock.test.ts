import { expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';

it('wakes sleepers in order of their time', async () => {
  const clock = createManualClock(100);
  const woken: string[] = [];
  void clock.sleep(20).then(() => woken.push(`late at ${clock.now()}`));
  void clock.sleep(10).then(() => woken.push(`early at ${clock.now()}`));
  await clock.advance(15);
  expect(woken).toEqual(['early at 110']);
  await clock.advance(10);
  expect(woken).toEqual(['early at 110', 'late at 120']);
  expect(clock.now()).toBe(125);
});

it('rejects an aborted sleep with the reason', async () => {
  const clock = createManualClock();
  const abort = new AbortController();
  const sleeping = clock.sleep(10, abort.signal);
  abort.abort(new Error('stop'));
  await expect(sleeping).rejects.toThrow('stop');
});

it('does not begin a sleep whose signal is aborted already', async () => {
  await expect(createManualClock().sleep(10, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
});
