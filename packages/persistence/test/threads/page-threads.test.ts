import { Worker } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';
import { pageBytes, type Column } from '@beamline/ecs';
import { sha256Hex } from '../../src/sha256.ts';
import { segmented } from '../../src/stores/segmented-page.ts';
import { createPageThreads, inThread } from '../../src/threads/page-threads.ts';
import { placed } from '../../src/threads/placed-pages.ts';

const columns: readonly Column[] = [{ name: 'a', kind: 'u32' }, { name: 't', kind: 'str' }, { name: 'b', kind: 'u8' }];
const kinds = columns.map(({ kind }) => kind);

/** Pages in memory that threads share, but for every third. */
const pages = Array.from({ length: 30 }, (_, n) => {
  const rows = n === 29 ? 7 : 1024;
  const cells = (of: (row: number) => number | string) => Array.from({ length: rows }, (__, row) => of(row));
  const bytes = pageBytes(columns, { rows, columns: [cells((row) => (row * n * 7919) >>> 0), cells((row) => 'x'.repeat((row + n) % 5)), cells((row) => row % 256)] });
  if (n % 3 === 0) return segmented({ id: sha256Hex(bytes), bytes, kinds });
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 4), 4);
  shared.set(bytes);
  return segmented({ id: sha256Hex(bytes), bytes: shared, kinds });
});
const { memories, places } = placed(pages);

// As much work as is done here, and as much as is worth a thread.
describe.each([['here', 0], ['in a thread', 10_000_000]])('work on pages, done %s', (_, bytes) => {
  it('names them by their SHA-256', async () => {
    expect(await inThread('name', { memories, places }, bytes)).toEqual(pages.map(({ id }) => id));
  });

  it('packs and unpacks them, with what they hash to', async () => {
    const { frame, rawBytes } = await inThread('pack', { memories, places, widths: pages[0]!.widths, lengths: pages.map(({ lengths }) => lengths) }, bytes);
    const back = await inThread('unpack', { frame, rawBytes }, bytes);
    expect(back.map((page) => Buffer.from(page.bytes).toString('hex'))).toEqual(pages.map((page) => Buffer.from(page.bytes).toString('hex')));
    expect(back.map(({ sha256 }) => sha256)).toEqual(pages.map(({ id }) => id));
    expect(frame.length).toBeLessThan(rawBytes / 2);
  });

  it('never unpacks more or less than was announced, nor what is no frame', async () => {
    const { frame, rawBytes } = await inThread('pack', { memories, places, widths: pages[0]!.widths, lengths: pages.map(({ lengths }) => lengths) }, bytes);
    await expect(inThread('unpack', { frame, rawBytes: rawBytes - 1 }, bytes)).rejects.toThrow();
    await expect(inThread('unpack', { frame, rawBytes: rawBytes + 1 }, bytes)).rejects.toThrow(RangeError);
    await expect(inThread('unpack', { frame: frame.slice(1), rawBytes }, bytes)).rejects.toThrow();
  });
});

it('answers everything, however much is asked at once', async () => {
  const asked = Array.from({ length: 50 }, (_, n) => inThread('name', placed(pages.slice(n % 20, n % 20 + 5)), 10_000_000));
  for (const [n, ids] of (await Promise.all(asked)).entries()) expect(ids).toEqual(pages.slice(n % 20, n % 20 + 5).map(({ id }) => id));
});

it.each([
  ['ends before it answers', 'process.exit(1)'],
  ['fails as it starts', 'throw new Error("no such file")'],
  ['ends in the middle', "const { parentPort } = require('node:worker_threads'); parentPort.once('message', () => process.exit(0));"],
])('answers all the same when a thread %s', async (_, code) => {
  let started = 0;
  const answer = createPageThreads(() => {
    started += 1;
    return new Worker(code, { eval: true });
  });
  const name = () => answer('name', { memories, places }, 10_000_000);
  for (const ids of await Promise.all([name(), name(), name()])) expect(ids).toEqual(pages.map(({ id }) => id));
  expect(await name()).toEqual(pages.map(({ id }) => id));
  await expect(answer('unpack', { frame: new Uint8Array(5), rawBytes: 9 }, 10_000_000)).rejects.toThrow();
  expect(started).toBeLessThanOrEqual(4);
});
