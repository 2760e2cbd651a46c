import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { nodeLogDisk, openLog, readLog, type Log, type LogDisk } from '../../src/fs.ts';
import { createMemoryDisk, type MemoryDisk } from '../../src/testing.ts';

const FOLDER = '/log';
const text = (n: number) => `message ${n} ${'x'.repeat(n % 7)}`;
const bytes = (value: string) => new TextEncoder().encode(value);
const open = (disk: LogDisk, options: { segmentBytes?: number; first?: number } = {}) => openLog({ folder: FOLDER, disk, ...options });

async function collect(records: AsyncIterable<{ sequence: number; payload: Uint8Array }>): Promise<[number, string][]> {
  const found: [number, string][] = [];
  for await (const { sequence, payload } of records) found.push([sequence, new TextDecoder().decode(payload)]);
  return found;
}
const contents = (disk: LogDisk, from?: number) => collect(readLog({ folder: FOLDER, disk, ...(from !== undefined && { from }) }));
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, n): [number, string] => [first + n, text(first + n)]);

/** Appends one after the other, so that each has its own fsync. */
async function fill(log: Log, last: number): Promise<void> {
  while (log.next() <= last) await log.append(bytes(text(log.next())));
}

/** A closed log of 12 messages in segments of a few, opened twice on the way. */
async function sample(): Promise<MemoryDisk> {
  const disk = createMemoryDisk();
  for (const last of [5, 12]) {
    const log = await open(disk, { segmentBytes: 180 });
    await fill(log, last);
    await log.close();
  }
  return disk;
}

const damageOf = (error: unknown) => error as { code: string; details: { file?: string; offset?: number } };

describe('a log', () => {
  it('gives back what it was given, from any sequence on, in this process and the next', async () => {
    const disk = createMemoryDisk();
    const log = await open(disk, { segmentBytes: 200 });
    await fill(log, 30);
    expect(await collect(log.read())).toEqual(upTo(30));
    expect(await collect(log.read(17))).toEqual(upTo(30, 17));
    await log.close();
    expect(await contents(disk)).toEqual(upTo(30));
    const again = await open(disk);
    expect(again.next()).toBe(31);
    await fill(again, 33);
    expect(await contents(disk, 29)).toEqual(upTo(33, 29));
  });

  it('writes what is added at once with one fsync, and answers only then', async () => {
    const disk = createMemoryDisk();
    const log = await open(disk);
    const before = disk.operations();
    const added = Array.from({ length: 1_000 }, (_, n) => log.append(bytes(text(n + 1))));
    expect(await Promise.all(added)).toEqual(upTo(1_000).map(([sequence]) => sequence));
    expect(disk.operations() - before).toBeLessThan(8);
    expect(disk.powerCut('lost').operations()).toBe(0);
    expect(await contents(disk.powerCut('lost'))).toEqual(upTo(1_000));
  });

  it('forgets segments that a snapshot made needless, and says so to whoever wants them', async () => {
    const disk = createMemoryDisk();
    const log = await open(disk, { segmentBytes: 200 });
    await fill(log, 30);
    await log.truncate(20);
    const [[first]] = await contents(disk) as [[number, string]];
    expect(first).toBeGreaterThan(10);
    expect(first).toBeLessThanOrEqual(20);
    expect(await contents(disk, 20)).toEqual(upTo(30, 20));
    await expect(contents(disk, first - 1)).rejects.toMatchObject({ code: 'persistence/log-gap' });
    await log.truncate(1_000);
    await fill(log, 32);
    expect((await contents(disk)).at(-1)).toEqual([32, text(32)]);
  });

  it('begins where it is told, and refuses to go on behind the world', async () => {
    const disk = createMemoryDisk();
    const log = await open(disk, { first: 41 });
    await fill(log, 43);
    await log.close();
    expect(await contents(disk)).toEqual(upTo(43, 41));
    await expect(open(disk, { first: 50 })).rejects.toMatchObject({ code: 'persistence/log-gap', details: { end: 43, first: 50 } });
    expect((await open(disk, { first: 44 })).next()).toBe(44);
  });

  it('takes empty records and refuses those no reader would take', async () => {
    const disk = createMemoryDisk();
    const log = await open(disk);
    await log.append(new Uint8Array(0));
    await expect(log.append(new Uint8Array(17 * 1024 * 1024))).rejects.toMatchObject({ code: 'persistence/log-too-large' });
    expect(await contents(disk)).toEqual([[1, '']]);
  });

  it('does the same on a real disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'log-'));
    const log = await openLog({ folder: join(folder, 'a/b'), segmentBytes: 300 });
    await Promise.all([log.append(bytes('one')), log.append(bytes('two'))]);
    await fill(log, 40);
    await log.truncate(20);
    await log.close();
    await expect(log.append(bytes('late'))).rejects.toMatchObject({ code: 'persistence/write-failed' });
    expect((await collect(readLog({ folder: join(folder, 'a/b'), from: 30, disk: nodeLogDisk }))).length).toBe(11);
    expect((await readdir(join(folder, 'a/b'))).filter((name) => name.startsWith('writer-'))).toHaveLength(1);
    await rm(folder, { recursive: true });
  });
});

describe('a log that is damaged', () => {
  it('is exact or refused by name, whichever bit of it is flipped', async () => {
    const disk = await sample();
    for (const [path, file] of disk.files) {
      const whole = file.bytes;
      for (let bit = 0; bit < whole.length * 8; bit += 1) {
        file.bytes = Uint8Array.from(whole);
        file.bytes[bit >> 3] = file.bytes[bit >> 3]! ^ (1 << (bit & 7));
        const outcome = await contents(disk).catch(damageOf);
        if (Array.isArray(outcome)) expect(outcome).toEqual(upTo(12));
        else {
          expect(outcome.code).toMatch(/^persistence\/log-(damaged|version)$/);
          expect(outcome.details).toMatchObject({ file: path });
        }
      }
      file.bytes = whole;
    }
  });

  it('is refused when a segment is cut before what was acknowledged, or is gone, and when it is opened, too', async () => {
    const disk = await sample();
    for (const [path, file] of [...disk.files].filter(([name]) => name.endsWith('.log'))) {
      const whole = file.bytes;
      for (let length = 0; length < whole.length; length += 1) {
        file.bytes = whole.slice(0, length);
        await expect(contents(disk)).rejects.toMatchObject({ code: 'persistence/log-damaged' });
      }
      disk.files.delete(path);
      await expect(contents(disk).then((found) => (found[0]![0] === 1 ? found : Promise.reject(new Error('begins later'))))).rejects.toThrow();
      disk.files.set(path, { ...file, bytes: whole });
    }
    const [, [, last]] = [...disk.files].filter(([name]) => name.endsWith('.log')).slice(-2) as [unknown, [string, { bytes: Uint8Array }]];
    last.bytes[70]! ^= 1;
    await expect(open(disk)).rejects.toMatchObject({ code: 'persistence/log-damaged' });
  });
});
