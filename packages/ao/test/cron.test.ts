import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createManualClock, type ManualClock } from '@beamline/core/testing';
import { systemClock, type AoNetwork, type ProcessId } from '@beamline/core';
import { createHyperbeam } from '@beamline/ao';
import { startLocalNetwork, type LocalNetwork } from '@beamline/ao/local';
import { createCron } from '../src/local/http/cron.ts';
import { TEST_PROCESS } from '../src/testing.ts';
import { giveWallet, player } from './open-local.ts';

let dir: string;
let clock: ManualClock;
let server: LocalNetwork;
let network: AoNetwork;
let game: ProcessId;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'beamline-cron-'));
  await giveWallet(dir);
  clock = createManualClock(1_800_000_000_000);
  await open();
  const module = await network.spawn(await network.signModule(player, TEST_PROCESS));
  game = await network.spawn(await network.signProcess(player, { module, tags: [], data: '1' }));
});
afterEach(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

async function open(): Promise<void> {
  server = await startLocalNetwork({ dir, clock });
  network = createHyperbeam({ url: server.url, clock: systemClock });
}
const cron = async (path: string): Promise<[status: number, body: string]> => {
  const answer = await fetch(`${server.url}/~cron@1.0/${path}`);
  return [answer.status, await answer.text()];
};
const tasks = async () => ((await (await fetch(`${server.url}/~beamline@1.0/status`)).json()) as { cronTasks: number }).cronTasks;
const schedule = async () => fetch(`${server.url}/${game}~process@1.0/schedule`, {
  method: 'POST', headers: { 'content-type': 'application/ans104', 'codec-device': 'ans104@1.0' },
  body: (await network.signMessage(player, { target: game, tags: [{ name: 'Action', value: 'Inc' }], data: '' })).raw as Uint8Array<ArrayBuffer>,
});
const computed = async () => (await network.slots(game)).computed;
/** Waits for something a task does behind the requests. */
const until = async (isTrue: () => Promise<boolean>) => {
  for (let i = 0; i < 2_000 && !(await isTrue()); i++) await new Promise((resolve) => setImmediate(resolve));
  expect(await isTrue()).toBe(true);
};
const now = () => `/${game}~process@1.0/now`;

it('computes what was scheduled, every so often, until it is stopped', async () => {
  await schedule();
  const [status, task] = await cron(`every?interval=5-seconds&cron-path=${now()}`);
  expect([status, task]).toEqual([200, expect.stringMatching(/^[\w-]{43}$/)]);
  await until(async () => (await computed()) === 1); // the first run is at once
  await schedule();
  await clock.advance(4_999);
  expect(await computed()).toBe(1);
  await clock.advance(1);
  await until(async () => (await computed()) === 2);

  expect(await cron(`stop?task=${task}`)).toEqual([200, expect.anything()]);
  expect(await cron(`stop?task=${task}`)).toEqual([400, expect.anything()]);
  await schedule();
  await clock.advance(60_000);
  expect([await computed(), await tasks()]).toEqual([2, 0]);
});

it('computes once', async () => {
  await schedule();
  expect((await cron(`once?cron-path=${encodeURIComponent(now())}`))[0]).toBe(200);
  await until(async () => (await computed()) === 1 && (await tasks()) === 0);
  await schedule();
  await clock.advance(60_000);
  expect(await computed()).toBe(1);
});

it('schedules nothing by an unsigned push, as a node refuses it, and goes on trying', async () => {
  const before = await network.slots(game);
  for (const path of [`/${game}/push&action=Inc`, `/${game}~process@1.0/push?action=Inc`, `/${game}~process@1.0/schedule`]) {
    expect((await cron(`every?interval=1-minute&cron-path=${encodeURIComponent(path)}`))[0]).toBe(200);
  }
  for (let i = 0; i < 3; i++) await clock.advance(60_000);
  expect(await tasks()).toBe(3);
  expect(await network.slots(game)).toEqual(before);
});

it('forgets its tasks when the node restarts', async () => {
  await cron(`every?interval=1-hour&cron-path=${now()}`);
  expect(await tasks()).toBe(1);
  await server.close();
  await open();
  expect(await tasks()).toBe(0);
  expect(await computed()).toBe(0);
  await schedule();
  await clock.advance(7_200_000);
  expect(await computed()).toBe(0);
});

it('takes the short form, and starts the same task once', async () => {
  const short = `5-minutes="${now()}"`;
  const [[, one], [, two]] = [await cron(encodeURI(short)), await cron(encodeURI(short))];
  expect([one, await tasks()]).toEqual([two, 1]);
  expect((await cron(`stop?task=${two}`))[0]).toBe(200);
  expect(await tasks()).toBe(0);
});

it.each([
  ['once', 400], ['every', 400], ['every?interval=1-second', 400], ['every?cron-path=/x', 400], ['every?cron-path=/x&interval=soon', 400],
  ['every?cron-path=/x&interval=0-seconds', 500], ['every?cron-path=/x&interval=-1-second', 500], ['every?cron-path=/x&interval=1-fortnight', 500], ['every?cron-path=/x&interval=x-seconds', 500],
  ['stop', 400], ['stop?task=none', 400], ['list', 404], ['', 404], ['info', 200],
])('answers %s with %i and starts nothing', async (path, status) => {
  expect((await cron(path))[0]).toBe(status);
  expect(await tasks()).toBe(0);
});

it('reaches a server that signs what the node may not, through relay', async () => {
  const seen: string[] = [];
  const ticker = createServer(({ method, url }, response) => {
    seen.push(`${method} ${url}`);
    void network.signMessage(player, { target: game, tags: [{ name: 'Action', value: 'Inc' }], data: '' })
      .then((item) => network.send(item)).then(() => response.end('ticked'));
  });
  await new Promise<void>((resolve) => ticker.listen(0, '127.0.0.1', resolve));
  try {
    const path = `/~relay@1.0/call?relay-method=POST&relay-path=${encodeURIComponent(`http://127.0.0.1:${(ticker.address() as AddressInfo).port}/tick`)}`;
    expect(await (await fetch(server.url + path)).text()).toBe('ticked');
    const [, task] = await cron(`every?interval=1-second&cron-path=${encodeURIComponent(path)}`);
    // The pause begins only when the ticker has answered.
    await until(async () => {
      await clock.advance(1_000);
      return (await computed()) >= 3;
    });
    await cron(`stop?task=${task}`);
    expect(new Set(seen)).toEqual(new Set(['POST /tick']));
    for (const bad of ['call', 'call?relay-path=x', 'call?relay-path=file:///etc/passwd', 'call?relay-path=http://192.0.2.1/', 'call?relay-path=https://127.0.0.1/', 'call?relay-path=http://127.0.0.1.example/']) {
      expect((await fetch(`${server.url}/~relay@1.0/${bad}`)).status).toBe(400);
    }
  } finally {
    ticker.closeAllConnections();
    await new Promise((resolve) => ticker.close(resolve));
  }
});

it('pauses after the work, however long that takes, and never runs a task beside itself', async () => {
  const time = createManualClock();
  let underWay = 0;
  let most = 0;
  let runs = 0;
  const slow = createCron({
    clock: time,
    async run() {
      most = Math.max(most, (underWay += 1));
      runs += 1;
      await time.sleep(700);
      underWay -= 1;
    },
  });
  slow.start('t', '/x', 1_000);
  for (let at = 0; at < 5_100; at += 100) {
    await new Promise((resolve) => setImmediate(resolve));
    await time.advance(100);
  }
  expect([runs, most]).toEqual([4, 1]); // at 0, 1.7, 3.4 and 5.1 s
  const closed = slow.close();
  await time.advance(700);
  await closed;
  expect(slow.tasks()).toBe(0);
});
