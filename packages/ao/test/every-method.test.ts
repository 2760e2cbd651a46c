import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { isFault, type AoNetwork, type Clock, type SignedItem, type Signer } from '@beamline/core';
import { arweaveSigner, createFailover, createHyperbeam, ethereumSigner } from '@beamline/ao';
import { reply, scriptedNode } from './scripted-node.ts';

const PROCESS = `${'p'.repeat(42)}A`;
const TIMEOUT_MS = 60_000;
const player = ethereumSigner('42'.repeat(32));
let operator: Signer;
/** What the node answers to everything at the moment; `undefined`: nothing at all. */
let answer: () => string | undefined | Promise<undefined>;
let node: Awaited<ReturnType<typeof scriptedNode>>;
let program: SignedItem;

beforeAll(async () => {
  operator = arweaveSigner(generateKeyPairSync('rsa', { modulusLength: 4096 }).privateKey.export({ format: 'jwk' }) as never);
  const signing = await scriptedNode(() => reply(200, PROCESS));
  program = await createHyperbeam({ url: signing.url, clock: hurried() }).signProcess(player, { module: PROCESS, tags: [], data: '' });
  await signing.close();
});
// One for each test: a request that was given up may reach its node late.
beforeEach(async () => {
  node = await scriptedNode(() => answer());
});
afterEach(() => node.close());

/** Pauses pass at once; so does the time of a request when `expires`, else it never does. */
function hurried(expires = false): Clock & { pauses: number[] } {
  const pauses: number[] = [];
  return {
    pauses,
    now: () => 1_800_000_000_000,
    sleep: (ms, signal) => new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      if (ms < TIMEOUT_MS) {
        pauses.push(ms);
        resolve();
      }
      else if (expires) setImmediate(resolve);
    }),
  };
}

type Method = Exclude<keyof AoNetwork, 'kind'>;
const CALLS: Record<Method, (network: AoNetwork, signal: AbortSignal) => Promise<unknown>> = {
  node: (network, signal) => network.node(signal),
  signMessage: (network) => network.signMessage(player, { target: PROCESS, tags: [], data: '' }),
  signModule: (network, signal) => network.signModule(player, 'x', signal),
  signProcess: (network, signal) => network.signProcess(player, { module: PROCESS, tags: [], data: '' }, signal),
  send: async (network, signal) => network.send(await network.signMessage(player, { target: PROCESS, tags: [], data: '' }), signal),
  sendAll: async (network, signal) => (network.sendAll as NonNullable<AoNetwork['sendAll']>)([await network.signMessage(player, { target: PROCESS, tags: [], data: '' })], signal),
  spawn: (network, signal) => network.spawn({ ...program }, signal),
  result: (network, signal) => network.result(PROCESS, 3, signal),
  resultText: (network, signal) => network.resultText(PROCESS, 3, 'output/data', signal),
  read: (network, signal) => network.read(PROCESS, 'count', signal),
  slots: (network, signal) => network.slots(PROCESS, signal),
  schedule: async (network, signal) => {
    const all: unknown[] = [];
    for await (const assignment of network.schedule(PROCESS, { from: 0, to: 2 }, signal)) all.push(assignment);
    return all;
  },
  redeliver: (network, signal) => network.redeliver(PROCESS, 3, signal),
  resolve: (network, signal) => network.resolve('arena', signal),
  setAlias: (network, signal) => network.setAlias('arena', PROCESS, operator, signal),
};

const CONDITIONS = {
  aborted: () => undefined,
  abortedMeanwhile: () => new Promise<undefined>(() => undefined),
  timeOut: () => new Promise<undefined>(() => undefined),
  refused: () => reply(403, '<!DOCTYPE html><title>Error 403</title>'),
  busy: () => reply(429, '', { 'retry-after': '7' }),
  html500: () => reply(500, '<!DOCTYPE html><title>Error 500</title>'),
  html200: () => reply(200, '<!DOCTYPE html><title>HyperBEAM</title>'),
  truncatedJson: () => reply(200, '{"slot":1,"body":', { 'content-type': 'application/json' }),
  truncatedBody: () => 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"slot":1',
  list: () => reply(200, [1]),
  wrongTypes: () => reply(200, { slot: 'one', assignments: 7, output: [[]], outbox: 'x', body: null, process: 5, 'at-slot': {} }),
  empty: () => reply(200, ''),
};
type Condition = keyof typeof CONDITIONS;

/** What comes of it: a Fault by code, the caller's own reason, or a value. */
type Outcome = `ao/${string}` | 'reason' | 'value';
type Row = Record<Condition, Outcome>;
const BAD = 'ao/bad-answer';

/** Most methods: what makes no sense is said to make none, what cannot be had is said to be out of reach. */
const READ: Row = {
  aborted: 'reason', abortedMeanwhile: 'reason', timeOut: 'ao/unreachable', refused: 'ao/rejected', busy: 'ao/unavailable',
  html500: 'ao/unavailable', html200: BAD, truncatedJson: BAD, truncatedBody: 'ao/unreachable', list: BAD, wrongTypes: BAD, empty: BAD,
};
/** Whoever sent something must not be told that it was not taken. */
const SEND: Row = {
  aborted: 'reason', abortedMeanwhile: 'reason', timeOut: 'ao/outcome-unknown', refused: 'ao/rejected', busy: 'ao/unreachable', html500: 'ao/outcome-unknown', html200: 'ao/outcome-unknown', truncatedJson: 'ao/outcome-unknown',
  truncatedBody: 'ao/outcome-unknown', list: 'ao/outcome-unknown', wrongTypes: 'ao/outcome-unknown', empty: 'ao/outcome-unknown',
};
const OFFLINE: Row = {
  aborted: 'value', abortedMeanwhile: 'value', timeOut: 'value', refused: 'value', busy: 'value', html500: 'value', html200: 'value', truncatedJson: 'value', truncatedBody: 'value', list: 'value', wrongTypes: 'value', empty: 'value',
};
const TABLE: Record<Method, Row> = {
  node: READ,
  signMessage: OFFLINE,
  signModule: READ,
  signProcess: READ,
  send: SEND,
  sendAll: SEND,
  spawn: { ...READ, html500: 'ao/unreachable' },
  result: { ...READ, wrongTypes: 'value' },
  // Text of a result may be any text; only its length is known.
  resultText: { ...READ, html200: 'value', truncatedJson: 'value', list: 'value', wrongTypes: 'value', empty: 'value' },
  // AO has no null, so a body of null is no value.
  read: { ...READ, wrongTypes: 'value' },
  slots: READ,
  schedule: READ,
  // A node answers a push that asks for nothing with its page.
  redeliver: { ...READ, html200: 'value', truncatedJson: 'value', list: 'value', wrongTypes: 'value', empty: 'value' },
  resolve: READ,
  setAlias: { ...READ, refused: 'ao/not-operator' },
};

/** Several nodes ask first where a process lives: what cannot be answered ends there, and nothing is sent. */
const SEVERAL: Record<Exclude<Method, 'sendAll'>, Row> = {
  node: READ, signMessage: OFFLINE, signModule: READ, signProcess: READ, send: READ, spawn: READ, result: READ, resultText: READ, read: READ, slots: READ, schedule: READ, redeliver: READ, resolve: READ, setAlias: { ...READ, refused: 'ao/not-operator' },
};

const rowsOf = (table: Partial<Record<Method, Row>>) =>
  (Object.keys(table) as Method[]).flatMap((method) => (Object.keys(CONDITIONS) as Condition[]).map((condition) => [method, condition, (table[method] as Row)[condition]] as const));
const one = (clock: Clock) => createHyperbeam({ url: node.url, clock, timeoutMs: TIMEOUT_MS, retries: 1 });
const several = (clock: Clock) => createFailover({ networks: [one(clock), one(clock)], clock, catchUpMs: 0 });

async function meet(open: (clock: Clock) => AoNetwork, method: Method, condition: Condition, outcome: Outcome): Promise<void> {
  answer = CONDITIONS[condition];
  const clock = hurried(condition === 'timeOut');
  const network = open(clock);
  const reason = new Error('enough');
  const caller = new AbortController();
  if (condition === 'aborted') caller.abort(reason);
  const before = node.seen.length;
  const asked = CALLS[method](network, caller.signal).then((value) => ({ value }), (error: unknown) => ({ error }));
  if (condition === 'abortedMeanwhile' && outcome === 'reason') {
    while (node.seen.length === before) await new Promise((resolve) => setImmediate(resolve));
    caller.abort(reason);
  }
  const asBefore = node.seen.length;
  const got = await asked;
  const error = 'error' in got ? got.error : undefined;
  expect(error === undefined ? 'value' : error === reason ? 'reason' : isFault(error) ? error.code : error).toEqual(outcome);
  // What was refused is not asked again; what comes too early is asked again when the node says so.
  // A spawn is looked for before it is sent, and after.
  const asks = node.seen.slice(before).map(({ method: verb, path }) => `${verb} ${path.replace(/r=[\w-]+/, '')}`);
  const once = asks.filter((ask) => method !== 'spawn' || ask.startsWith('POST'));
  if (condition === 'refused' && open === one) expect(once).toEqual([...new Set(once)]);
  if (condition === 'busy') expect(clock.pauses).toEqual(clock.pauses.map(() => 7_000));
  // Whoever gave up before asking asks nothing; whoever gave up meanwhile asks nothing more.
  if (condition === 'aborted') expect(node.seen.length).toBe(before);
  if (condition === 'abortedMeanwhile' && open === one && outcome === 'reason') expect(node.seen.length).toBe(asBefore);
}

it.each(rowsOf(TABLE))('one node: %s, %s: %s', (method, condition, outcome) => meet(one, method, condition, outcome));
it.each(rowsOf(SEVERAL))('several nodes: %s, %s: %s', (method, condition, outcome) => meet(several, method, condition, outcome));

it.each(Object.keys(SEVERAL) as Exclude<Method, 'sendAll'>[])('several nodes: %s sends nothing before it knows where a process lives', async (method) => {
  for (const condition of ['html500', 'html200', 'empty'] as const) {
    answer = CONDITIONS[condition];
    const before = node.seen.length;
    await CALLS[method](several(hurried()), new AbortController().signal).catch(() => undefined);
    const posts = node.seen.slice(before).filter(({ method: verb }) => verb === 'POST').map(({ path }) => path);
    expect(posts.filter((path) => path !== '/~local-name@1.0/register')).toEqual([]);
  }
});

it('gives nothing but what a result holds: text as it is, lists by position, no value for null', async () => {
  const network = createHyperbeam({ url: node.url, clock: hurried(), retries: 0 });
  answer = CONDITIONS.html200;
  expect(await network.resultText(PROCESS, 3, 'output/data')).toBe('<!DOCTYPE html><title>HyperBEAM</title>');
  answer = CONDITIONS.wrongTypes;
  expect([await network.read(PROCESS, 'count'), await network.result(PROCESS, 3)]).toEqual([undefined, { 1: '[]' }]);
});
