import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { createFsRequests } from '../src/fs.ts';
import { describeRequests } from '../src/testing.ts';

const folder = () => mkdtemp(join(tmpdir(), 'requests-'));

describeRequests('fs', async () => {
  const root = await folder();
  return { subject: createFsRequests({ root }), dispose: () => rm(root, { recursive: true }) };
});

it('passes over one that is being written, and refuses one that it does not understand', async () => {
  const root = await folder();
  const requests = createFsRequests({ root });
  await requests.post('first', { ask: 'pause', by: 'ann', at: 1 });
  await writeFile(join(root, 'first', '000002.json.1f.tmp'), '{"ask":');
  expect(await requests.read('first')).toHaveLength(1);
  for (const text of ['{"ask":', '{"ask":"explode"}', 'null']) {
    await writeFile(join(root, 'first', '000002.json'), text);
    await expect(requests.read('first')).rejects.toMatchObject({ code: 'deployer/bad-state', message: expect.stringContaining('000002.json') as unknown as string });
  }
  await rm(root, { recursive: true });
});

it('never leaves its folder', async () => {
  const root = await folder();
  await mkdir(join(root, 'inside'));
  const requests = createFsRequests({ root: join(root, 'inside') });
  for (const id of ['../outside', '', 'a/b', '.']) await expect(requests.read(id)).rejects.toMatchObject({ code: 'deployer/bad-id' });
  await rm(root, { recursive: true });
});
