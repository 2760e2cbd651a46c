import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openLog } from '../src/local/log/log.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beamline-log-'));
  path = join(folder, 'network.log');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const TEXTS = ['first', 'second record', 'the third and last'];

async function readAll(): Promise<string[]> {
  const seen: string[] = [];
  const log = await openLog(path, ({ kind, payload }) => seen.push(`${kind}:${payload.toString()}`));
  await log.close();
  return seen;
}

async function writeTexts(): Promise<Buffer> {
  const log = await openLog(path, () => undefined);
  await Promise.all(TEXTS.map((text, i) => log.append(i + 1, Buffer.from(text)).durable));
  await log.close();
  return readFile(path);
}

const ALL = TEXTS.map((text, i) => `${i + 1}:${text}`);

it('gives back what was appended, in order, over several openings', async () => {
  await writeTexts();
  const log = await openLog(path, () => undefined);
  await log.append(9, Buffer.from('fo'), Buffer.from('urth')).durable;
  await log.close();
  expect(await readAll()).toEqual([...ALL, '9:fourth']);
});

it('reads a payload where append said it would be', async () => {
  await writeTexts();
  const log = await openLog(path, () => undefined);
  const { offset, durable } = log.append(1, Buffer.from('find me'));
  await durable;
  expect((await log.read(offset, 7)).toString()).toBe('find me');
  await log.close();
});

it('cuts a tail that was torn at any byte, and goes on writing after it', async () => {
  const whole = await writeTexts();
  const ends = [33, 33 + 41];
  for (let size = 0; size < whole.length; size++) {
    await writeFile(path, whole.subarray(0, size));
    const kept = ends.filter((end) => end <= size).length;
    const log = await openLog(path, () => undefined);
    await log.append(7, Buffer.from('after')).durable;
    await log.close();
    expect(await readAll()).toEqual([...ALL.slice(0, kept), '7:after']);
  }
});

it('refuses a file that is damaged at any byte, names the place, and changes nothing', async () => {
  const whole = await writeTexts();
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] = damaged[at]! ^ 0x10;
    await writeFile(path, damaged);
    await expect(readAll()).rejects.toMatchObject({ code: 'ao/log-damaged', details: { file: path } });
    expect(await readFile(path)).toEqual(damaged);
  }
});

it('refuses a file that lacks a record in the middle', async () => {
  const whole = await writeTexts();
  await writeFile(path, Buffer.concat([whole.subarray(0, 33), whole.subarray(33 + 41)]));
  await expect(readAll()).rejects.toMatchObject({ code: 'ao/log-damaged', details: { offset: 33 } });
});

it('cuts sectors that a power failure left unwritten', async () => {
  const whole = await writeTexts();
  await writeFile(path, Buffer.concat([whole, Buffer.alloc(4096)]));
  expect(await readAll()).toEqual(ALL);
});

it('keeps the order of appends that wait for the same write', async () => {
  const log = await openLog(path, () => undefined);
  const numbers = Array.from({ length: 3_000 }, (_, i) => String(i));
  await Promise.all(numbers.map((text) => log.append(1, Buffer.from(text)).durable));
  await log.close();
  expect(await readAll()).toEqual(numbers.map((text) => `1:${text}`));
});
