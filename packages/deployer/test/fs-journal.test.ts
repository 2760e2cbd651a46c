import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createFsJournal } from '../src/fs.ts';
import type { JournalEntry } from '../src/index.ts';
import { describeJournal } from '../src/testing.ts';

const folder = () => mkdtemp(join(tmpdir(), 'journal-'));
const remove = (root: string) => rm(root, { recursive: true, force: true });

describeJournal('fs', async () => {
  const root = await folder();
  return { subject: createFsJournal({ root }), dispose: () => remove(root) };
});

const entries: JournalEntry[] = [1, 2, 3].map((at) => ({ kind: 'closed', at }));
let root: string;
let whole: Buffer;

async function written(bytes: Buffer | string, name: string): Promise<string> {
  const file = join(root, `${name}.journal`);
  await writeFile(file, bytes);
  return file;
}

async function read(name: string): Promise<JournalEntry[]> {
  const found: JournalEntry[] = [];
  for await (const entry of createFsJournal({ root }).read(name)) found.push(entry);
  return found;
}

beforeAll(async () => {
  root = await folder();
  const journal = createFsJournal({ root });
  for (const entry of entries) await journal.append('whole', entry);
  whole = await readFile(join(root, 'whole.journal'));
});
afterAll(() => remove(root));

it('reads every prefix of a file as the entries that were complete', async () => {
  const length = whole.length / 3;
  for (let bytes = 0; bytes <= whole.length; bytes += 1) {
    await written(whole.subarray(0, bytes), 'torn');
    expect(await read('torn')).toEqual(entries.slice(0, Math.floor(bytes / length)));
  }
});

it('cuts a torn tail before it appends', async () => {
  const file = await written(whole, 'cut');
  await truncate(file, whole.length - 5);
  await createFsJournal({ root }).append('cut', { kind: 'closed', at: 9 });
  expect(await read('cut')).toEqual([...entries.slice(0, 2), { kind: 'closed', at: 9 }]);
});

it('takes a tail of zeros for a write that did not reach the disk', async () => {
  const file = await written(whole, 'zeros');
  await appendFile(file, Buffer.alloc(512));
  expect(await read('zeros')).toEqual(entries);
});

it('refuses a file in which any single byte was changed', async () => {
  for (let at = 0; at < whole.length; at += 1) {
    const changed = Buffer.from(whole);
    changed[at] = changed[at]! ^ 0x04;
    await written(changed, 'changed');
    const outcome = await read('changed').catch((error: { code: string }) => error.code);
    // A changed line end of the last record cannot be told from an interrupted write.
    if (at === whole.length - 1) expect(outcome).toEqual(entries.slice(0, 2));
    else if (outcome !== 'deployer/journal-damaged') expect([at, outcome]).toEqual([at, entries.slice(0, 2)]);
  }
});

it('goes on with a journal that another runner began', async () => {
  await written(whole, 'shared');
  await createFsJournal({ root }).append('shared', { kind: 'closed', at: 4 });
  expect(await read('shared')).toHaveLength(4);
});

it('refuses an id that would leave its folder', async () => {
  await expect(createFsJournal({ root }).append('../other', entries[0]!)).rejects.toMatchObject({ code: 'deployer/bad-id' });
});
