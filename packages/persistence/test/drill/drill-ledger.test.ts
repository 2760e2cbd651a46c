import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFsDrillLedger, nodeDisk } from '../../src/fs.ts';
import { createMemoryDrillLedger, verdicts } from '../../src/index.ts';
import { describeDrillLedger, failingDisk, sampleDrill } from '../../src/testing.ts';

describeDrillLedger('memory', async () => ({ ledger: createMemoryDrillLedger(), dispose: async () => undefined }));
describeDrillLedger('fs', async () => {
  const root = await mkdtemp(join(tmpdir(), 'drills-'));
  return { ledger: createFsDrillLedger({ root: join(root, 'drills') }), dispose: () => rm(root, { recursive: true }) };
});

describe('the fs drill ledger', () => {
  let root: string;
  beforeEach(async () => { root = await mkdtemp(join(tmpdir(), 'drills-')); });
  afterEach(() => rm(root, { recursive: true }));

  it('after a power cut at any operation has the report whole or not at all, and what was acknowledged always', async () => {
    for (let failAt = 1; ; failAt += 1) {
      const folder = join(root, `cut-${failAt}`);
      await createFsDrillLedger({ root: folder }).record(sampleDrill({ at: 1 }));
      const disk = failingDisk(nodeDisk, failAt);
      const outcome = await createFsDrillLedger({ root: folder, disk }).record(sampleDrill({ at: 2 })).then(() => 'done', (error: { code: string }) => error.code);
      const found = (await createFsDrillLedger({ root: folder }).list()).map(({ at }) => at);
      expect([[1], [1, 2]]).toContainEqual(found);
      if (outcome === 'done') {
        expect(found).toEqual([1, 2]);
        break;
      }
      expect(outcome).toBe('persistence/write-failed');
    }
  });

  it('names a report that is damaged, or of another version, instead of counting it as good', async () => {
    const ledger = createFsDrillLedger({ root });
    await ledger.record(sampleDrill());
    const [name = ''] = await readdir(root);
    for (const text of ['{', JSON.stringify({ ...sampleDrill(), version: 2 })]) {
      await writeFile(join(root, name), text);
      await expect(ledger.list()).rejects.toMatchObject({ code: 'persistence/drill-damaged', message: expect.stringContaining(name) });
    }
  });
});

describe('the verdict on a snapshot', () => {
  it('is that of its newest drill', () => {
    const reports = [sampleDrill({ at: 5, outcome: 'bad' }), sampleDrill({ at: 1 }), sampleDrill({ slot: 8, at: 2 })];
    expect([...verdicts(reports).values()].map(({ slot, outcome }) => [slot, outcome])).toEqual([[7, 'bad'], [8, 'good']]);
  });
});
