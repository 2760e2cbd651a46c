import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../..', import.meta.url));

it('deploys a game the way the README does', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const config = /```ts\n([^]*?)```/.exec(readme)![1]!;
  const example = /```js\n([^]*?)```/.exec(readme)![1]!;
  const folder = await mkdtemp(join(tmpdir(), 'readme-'));
  try {
    await cp(join(root, 'test/cli-game'), folder, { recursive: true });
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(join(folder, 'beamline.config.ts'), config);
    await writeFile(join(folder, 'deploy.js'), example);
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@beamline/source', 'deploy.js'], { cwd: folder });
    const lines = stdout.trim().split('\n');
    expect(lines.at(-1)).toBe('complete healthy');
    expect(lines.filter((line) => line === 'deployment')).toHaveLength(2);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 120_000);
