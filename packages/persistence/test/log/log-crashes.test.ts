import { describe, expect, it } from '@jest/globals';
import { openLog, readLog, type LogDisk } from '../../src/fs.ts';
import { createMemoryDisk, type Fate, type MemoryDisk, type MemoryDiskOptions } from '../../src/testing.ts';

const FOLDER = '/a/log';
const payload = (n: number) => new TextEncoder().encode(`message ${n} ${'x'.repeat(n % 7)}`);

async function contents(disk: LogDisk): Promise<string[]> {
  const found: string[] = [];
  let next: number | undefined;
  for await (const record of readLog({ folder: FOLDER, disk })) {
    expect(record.sequence).toBe(next ?? record.sequence);
    next = record.sequence + 1;
    found.push(new TextDecoder().decode(record.payload));
  }
  return found;
}
const expected = (count: number) => Array.from({ length: count }, (_, n) => new TextDecoder().decode(payload(n + 1)));

interface Progress {
  acknowledged: number;
  issued: number;
}

/** Opens twice, appends alone and together, rotates, truncates nothing: what every crash below interrupts. */
async function work(disk: LogDisk, progress: Progress): Promise<void> {
  for (const until of [4, 11]) {
    const log = await openLog({ folder: FOLDER, disk, segmentBytes: 170 });
    const append = async () => {
      progress.issued = Math.max(progress.issued, log.next());
      const sequence = await log.append(payload(log.next()));
      progress.acknowledged = Math.max(progress.acknowledged, sequence);
    };
    while (log.next() < until) await Promise.all([append(), append()]);
    await append();
    await log.close();
  }
}

/** Every acknowledged record is there, whole and in order; what was not acknowledged may be, in order, too. */
async function expectKept(disk: MemoryDisk, { acknowledged, issued }: Progress): Promise<void> {
  const found = await contents(disk);
  expect(found).toEqual(expected(found.length));
  expect(found.length).toBeGreaterThanOrEqual(acknowledged);
  expect(found.length).toBeLessThanOrEqual(issued);
  const log = await openLog({ folder: FOLDER, disk });
  expect(await log.append(payload(log.next()))).toBe(found.length + 1);
  await log.close();
  expect(await contents(disk)).toEqual(expected(found.length + 1));
}

async function interrupted(options: MemoryDiskOptions): Promise<{ disk: MemoryDisk; progress: Progress; outcome: string }> {
  const disk = createMemoryDisk(options);
  const progress = { acknowledged: 0, issued: 0 };
  const outcome = await work(disk, progress).then(() => 'done', (error: { code: string }) => error.code);
  return { disk, progress, outcome };
}

/** For every operation: the disk as it fails there. */
async function atEveryOperation(options: MemoryDiskOptions, check: (disk: MemoryDisk, progress: Progress) => Promise<void>): Promise<number> {
  for (let failAt = 1; ; failAt += 1) {
    const { disk, progress, outcome } = await interrupted({ ...options, failAt });
    await check(disk, progress);
    if (outcome === 'done') return failAt - 1;
    expect(outcome).toMatch(/^persistence\/(write|read)-failed$/);
  }
}

describe('a log whose power is cut at any operation', () => {
  it.each<Fate>(['lost', 'kept'])('keeps what it acknowledged, whole and in order, when what was not synced is %s', async (fate) => {
    const cuts = await atEveryOperation({}, (disk, progress) => expectKept(disk.powerCut(fate), progress));
    expect(cuts).toBeGreaterThan(40);
  });

  it('keeps it when the last write is torn at any byte', async () => {
    let torn = 0;
    await atEveryOperation({}, async (disk, progress) => {
      for (let bytes = 0; bytes <= disk.unsyncedBytes(); bytes += 1) {
        await expectKept(disk.powerCut({ bytes }), progress);
        torn += 1;
      }
    });
    expect(torn).toBeGreaterThan(500);
  });
});

it('a log on a full disk keeps what it acknowledged, takes nothing more, and goes on once there is room', async () => {
  await atEveryOperation({ failure: 'full' }, async (disk, progress) => {
    const emptied = disk.powerCut('kept');
    await expectKept(emptied, progress);
  });
});

it('a log on a disk that does not sync is a beginning of what was acknowledged, or refused', async () => {
  let lossless = 0;
  for (let failAt = 1; ; failAt += 1) {
    const { disk, progress, outcome } = await interrupted({ failAt, lies: true });
    for (const fate of ['lost', 'kept', { bytes: disk.unsyncedBytes() >> 1 }] as Fate[]) {
      const found = await contents(disk.powerCut(fate)).catch((error: { code: string }) => error.code);
      if (typeof found === 'string') expect(found).toBe('persistence/log-damaged');
      else {
        expect(found).toEqual(expected(found.length));
        if (found.length >= progress.acknowledged) lossless += 1;
      }
    }
    if (outcome === 'done') break;
  }
  expect(lossless).toBeGreaterThan(0);
});

describe('two writers of one log', () => {
  it('of whom the later goes on, and the earlier can acknowledge nothing any more', async () => {
    const disk = createMemoryDisk();
    const first = await openLog({ folder: FOLDER, disk });
    await first.append(payload(1));
    const second = await openLog({ folder: FOLDER, disk });
    await expect(first.append(payload(2))).rejects.toMatchObject({ code: 'persistence/log-taken' });
    expect(await second.append(payload(2))).toBe(2);
    await expect(first.append(payload(3))).rejects.toMatchObject({ code: 'persistence/log-taken' });
    expect(await contents(disk)).toEqual(expected(2));
  });

  it('lose nothing that was acknowledged, whichever step of the one meets whichever of the other', async () => {
    // The second writer opens at every operation of the first; what both acknowledged must be there.
    for (let at = 1; at < 60; at += 1) {
      const disk = createMemoryDisk();
      const acknowledged = new Map<number, string>();
      const note = (who: string) => (sequence: number) => {
        expect(acknowledged.has(sequence)).toBe(false);
        acknowledged.set(sequence, who);
      };
      let other: Promise<unknown> | undefined;
      let count = 0;
      const meeting = (): void => {
        count += 1;
        if (count !== at) return;
        other = (async () => {
          const second = await openLog({ folder: FOLDER, disk });
          for (let n = 0; n < 3; n += 1) note('second')(await second.append(new TextEncoder().encode('second')));
        })();
      };
      const watched = new Proxy(disk, {
        get: (target, key) => {
          const method = Reflect.get(target, key) as (...args: unknown[]) => unknown;
          if (typeof method !== 'function') return method;
          return (...args: unknown[]) => {
            meeting();
            return method.apply(target, args);
          };
        },
      });
      const mine = (async () => {
        const first = await openLog({ folder: FOLDER, disk: watched, segmentBytes: 120 });
        for (let n = 0; n < 8; n += 1) note('first')(await first.append(new TextEncoder().encode('first')));
      })();
      const outcomes = await Promise.allSettled([mine]).then(async (settled) => [...settled, ...await Promise.allSettled([other])]);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect((outcome.reason as { code: string }).code).toMatch(/^persistence\/(log-taken|write-failed)$/);
      }
      const found = await contents(disk);
      for (const [sequence, who] of acknowledged) expect([at, sequence, found[sequence - 1]]).toEqual([at, sequence, who]);
    }
  });
});
