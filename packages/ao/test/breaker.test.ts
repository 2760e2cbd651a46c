import { expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';
import { withBreaker } from '../src/hyperbeam/breaker.ts';
import { NoReply, type Question, type Reply } from '../src/hyperbeam/exchange.ts';

const question: Question = { method: 'GET', path: '/' };
type Outcome = number | 'silence' | 'abort';

function setUp(options = {}) {
  const clock = createManualClock();
  let next: Outcome = 200;
  let asked = 0;
  const ask = withBreaker(async (): Promise<Reply> => {
    asked += 1;
    if (next === 'silence') throw new NoReply('network', 'nobody there');
    if (next === 'abort') throw new Error('the caller left');
    return { status: next, header: () => undefined, body: Buffer.alloc(0) };
  }, clock, { failures: 3, coolDownMs: 1_000, ...options });
  const say = async (outcome: Outcome, times = 1) => {
    next = outcome;
    const heard: string[] = [];
    for (let i = 0; i < times; i++) heard.push(await ask(question).then(({ status }) => String(status), (error: NoReply) => error.reason ?? error.message));
    return heard;
  };
  return { clock, say, ask, asked: () => asked };
}

it('leaves a node alone after some requests in a row without an answer', async () => {
  const { say, asked } = setUp();
  expect(await say('silence', 5)).toEqual(['network', 'network', 'network', 'circuit-open', 'circuit-open']);
  expect(asked()).toBe(3);
});

it.each([502, 503, 504])('counts a %i of a gateway as no answer', async (status) => {
  const { say, asked } = setUp();
  await say(status, 5);
  expect(asked()).toBe(3);
});

it.each<Outcome>([200, 400, 404, 429, 500, 'abort'])('does not count %s', async (outcome) => {
  const { say, asked } = setUp();
  await say(outcome, 10);
  expect(asked()).toBe(10);
});

it('starts to count anew with every answer', async () => {
  const { say, asked } = setUp();
  for (let i = 0; i < 4; i++) {
    await say('silence', 2);
    await say(500);
  }
  expect(asked()).toBe(12);
});

it('lets one probe through after the pause, and closes when it is answered', async () => {
  const { say, clock } = setUp();
  await say('silence', 3);
  await clock.advance(999);
  expect(await say(200)).toEqual(['circuit-open']);
  await clock.advance(1);
  expect(await say(200, 3)).toEqual(['200', '200', '200']);
});

it('lets no second request through beside the probe', async () => {
  const { say, clock, ask } = setUp();
  await say('silence', 3);
  await clock.advance(1_000);
  await say(200, 0);
  const both = await Promise.allSettled([ask(question), ask(question)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

it('waits twice as long after each probe without an answer, up to sixteen times', async () => {
  const { say, clock } = setUp();
  await say('silence', 3);
  for (const ms of [1_000, 2_000, 4_000, 8_000, 16_000, 16_000]) {
    await clock.advance(ms - 1);
    expect(await say('silence')).toEqual(['circuit-open']);
    await clock.advance(1);
    expect(await say('silence')).toEqual(['network']);
  }
});
