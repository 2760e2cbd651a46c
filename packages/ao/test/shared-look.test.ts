import { expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';
import { createSharedLook } from '../src/hyperbeam/shared-look.ts';

/** Looks that end when told to; what was answered, and what is still waited for. */
function looks() {
  const clock = createManualClock();
  const begun: PromiseWithResolvers<string>[] = [];
  const ask = createSharedLook(() => {
    const look = Promise.withResolvers<string>();
    begun.push(look);
    return look.promise;
  }, clock);
  const answers: Record<string, string> = {};
  const asked = (name: string) =>
    ask().then((answer) => (answers[name] = answer), (error: unknown) => (answers[name] = `failed: ${String(error)}`));
  const settle = async (number: number, answer: string | undefined) => {
    if (answer === undefined) begun[number]!.reject('lost');
    else begun[number]!.resolve(answer);
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { clock, begun, answers, asked, settle };
}

it('answers all who ask during a look with one look that begins afterwards', async () => {
  const { begun, answers, asked, settle } = looks();
  for (const name of ['a', 'b', 'c']) void asked(name);
  expect(begun).toHaveLength(1);
  await settle(0, 'first');
  expect(answers).toEqual({ a: 'first' });
  expect(begun).toHaveLength(2);
  await settle(1, 'second');
  expect(answers).toEqual({ a: 'first', b: 'second', c: 'second' });
  expect(begun).toHaveLength(2);
});

it('lets nobody wait for a slow look, and each time twice as long for the next', async () => {
  const { clock, begun, asked } = looks();
  void asked('a');
  for (const [waitMs, expected] of [[249, 1], [1, 2], [499, 2], [1, 3], [999, 3], [1, 4]] as const) {
    await clock.advance(waitMs);
    void asked(`after ${waitMs}`);
    expect(begun).toHaveLength(expected);
  }
});

it('takes a later answer for those whose own is still out, and an earlier one only for those who asked before it', async () => {
  const { clock, begun, answers, asked, settle } = looks();
  void asked('a');
  await clock.advance(250);
  void asked('b');
  void asked('c');
  await settle(1, 'second');
  expect(answers).toEqual({ a: 'second', b: 'second' });
  expect(begun).toHaveLength(3);
  await settle(0, 'first');
  expect(answers['c']).toBeUndefined();
  await settle(2, 'third');
  expect(answers['c']).toBe('third');
});

it('fails only those for whom no look is under way any more', async () => {
  const { clock, begun, answers, asked, settle } = looks();
  void asked('a');
  await clock.advance(250);
  void asked('b');
  await settle(0, undefined);
  expect(answers).toEqual({});
  void asked('c');
  await settle(1, undefined);
  expect(answers).toEqual({ a: 'failed: lost', b: 'failed: lost' });
  expect(begun).toHaveLength(3);
  await settle(2, 'third');
  expect(answers['c']).toBe('third');
});
