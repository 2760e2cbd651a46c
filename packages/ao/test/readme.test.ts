import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

it('prints what the README says its example prints', () => {
  const folder = mkdtempSync(join(tmpdir(), 'beamline-readme-'));
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```js\n([^]*?)```/.exec(readme)![1]!.replace('.beamline/network', folder);
  try {
    const printed = execFileSync(process.execPath, ['--conditions=@beamline/source', '--input-type=module', '-e', example], {
      cwd: new URL('..', import.meta.url), timeout: 25_000, encoding: 'utf8',
    });
    expect(printed).toBe("{ data: 'count=2' }\n2\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
