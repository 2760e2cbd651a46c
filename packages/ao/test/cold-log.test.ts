import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openLog, type LogOptions } from '../src/local/log/log.ts';
import type { ColdPart } from '../src/local/log/cold-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beamline-cold-'));
  path = join(folder, 'network.log');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The index of this test: where the payloads lie. */
const newIndex: NonNullable<LogOptions['newIndex']> = () => {
  const places: [number, number][] = [];
  return { add: ({ offset, payload }) => void places.push([offset, payload.length]), bytes: () => Buffer.from(JSON.stringify(places)) };
};
const TEXTS = Array.from({ length: 24 }, (_, i) => `record ${i} ${'xyz'.repeat(i % 5)}`);

/** Everything in the log, in order: from cold parts through their index, from plain files as they are scanned. */
async function readAll(options: LogOptions = {}): Promise<string[]> {
  const seen: string[] = [];
  const cold: ColdPart[] = [];
  const log = await openLog(path, ({ payload }) => void seen.push(payload.toString()), { ...options, onCold: (part) => void cold.push(part) });
  const older: string[] = [];
  try {
    for (const part of cold) {
      for (const [offset, length] of JSON.parse(part.index(0, part.indexBytes).toString()) as [number, number][]) older.push((await log.read(offset, length)).toString());
    }
  } finally {
    await log.close();
  }
  return [...older, ...seen];
}

/** One write for each record, so that files are full at the same places every time. */
async function writeAll(options: LogOptions, texts = TEXTS): Promise<[offset: number, length: number][]> {
  const log = await openLog(path, () => undefined, options);
  const places: [number, number][] = [];
  for (const text of texts) {
    const { offset, durable } = log.append(1, Buffer.from(text));
    await durable;
    places.push([offset, text.length]);
  }
  await log.cooled();
  for (const [i, [offset, length]] of places.entries()) expect((await log.read(offset, length)).toString()).toBe(texts[i]);
  await log.close();
  return places;
}
const names = async () => (await readdir(folder)).sort();

it('goes on in a new file when one is full, compresses the full one, and reads on through all of them', async () => {
  await writeAll({ partBytes: 300, newIndex });
  expect(await names()).toEqual(['network.log', ...['1', '2', '3'].map((n) => `network.log.00000${n}.cold`)]);
  expect(await readAll()).toEqual(TEXTS);
  expect((await stat(path)).size).toBeLessThan(400);
});

it('leaves full files as they are without an index, and compresses them once it has one', async () => {
  await writeAll({ partBytes: 300 });
  expect((await names()).filter((name) => name.endsWith('.cold'))).toEqual([]);
  expect(await readAll()).toEqual(TEXTS);
  const log = await openLog(path, () => undefined, { partBytes: 300, newIndex });
  await log.cooled();
  await log.close();
  expect((await names()).filter((name) => name.endsWith('.cold'))).toHaveLength(3);
  expect(await readAll()).toEqual(TEXTS);
});

it('loses nothing when it is killed at any step of compressing', async () => {
  await writeAll({ partBytes: 300 });
  const plain = await mkdtemp(join(tmpdir(), 'beamline-plain-'));
  await cp(folder, plain, { recursive: true });
  const log = await openLog(path, () => undefined, { newIndex });
  await log.cooled();
  await log.close();
  const cold = await readFile(`${path}.000002.cold`);
  const states: [string, () => Promise<unknown>][] = [
    ['half written', () => writeFile(`${path}.000002.cold.part`, cold.subarray(0, 50))],
    ['written, without its name', () => writeFile(`${path}.000002.cold.part`, cold)],
    ['named, beside the plain one', () => writeFile(`${path}.000002.cold`, cold)],
  ];
  for (const [, leave] of states) {
    await rm(folder, { recursive: true });
    await cp(plain, folder, { recursive: true });
    // The first is compressed already: they are done in order.
    const first = await openLog(path, () => undefined, { newIndex: oneOnly() });
    await first.cooled();
    await first.close();
    await leave();
    expect(await readAll({ newIndex })).toEqual(TEXTS);
    expect((await names()).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(await readAll()).toEqual(TEXTS);
  }
  await rm(plain, { recursive: true });

  function oneOnly(): NonNullable<LogOptions['newIndex']> {
    let left = 1;
    return () => {
      if (left-- <= 0) throw new Error('killed');
      return newIndex();
    };
  }
});

it('refuses a cold part that is damaged at any byte, with file and offset: never other bytes, never less', async () => {
  await writeAll({ partBytes: 300, newIndex });
  const cold = `${path}.000002.cold`;
  const whole = await readFile(cold);
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 0x10;
    await writeFile(cold, damaged);
    await expect(readAll()).rejects.toMatchObject({ code: 'ao/log-damaged', details: { file: cold, offset: expect.any(Number) } });
  }
  for (let size = 0; size < whole.length; size++) {
    await writeFile(cold, whole.subarray(0, size));
    await expect(readAll()).rejects.toMatchObject({ code: 'ao/log-damaged', details: { file: cold } });
  }
  await writeFile(cold, whole);
  expect(await readAll()).toEqual(TEXTS);
});

it('refuses a log that lacks a part, and a full plain part that ends early', async () => {
  await writeAll({ partBytes: 300 });
  const part = await readFile(`${path}.000002`);
  for (const size of [0, 1, 30, part.length - 1]) {
    await writeFile(`${path}.000002`, part.subarray(0, size));
    await expect(readAll()).rejects.toMatchObject({ code: 'ao/log-damaged' });
  }
  await rm(`${path}.000002`);
  await expect(readAll()).rejects.toMatchObject({ code: 'ao/log-damaged', details: { file: `${path}.000003` } });
});

it('begins a new file when it was killed between two files', async () => {
  await writeAll({ partBytes: 300, newIndex });
  const before = await readAll();
  await rm(path);
  const kept = before.slice(0, (await readAll()).length);
  await writeAll({ partBytes: 300, newIndex }, ['after']);
  expect(await readAll()).toEqual([...kept, 'after']);
});
