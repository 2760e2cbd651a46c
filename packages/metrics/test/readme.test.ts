import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

it('prints what the README says its example prints', () => {
  const folder = new URL('..', import.meta.url);
  const example = /```js\n([^]*?)```/.exec(readFileSync(new URL('README.md', folder), 'utf8'))![1]!;
  const printed = execFileSync(process.execPath, ['--conditions=@beamline/source', '--input-type=module', '-e', example], {
    cwd: folder, timeout: 25_000, encoding: 'utf8',
  });
  expect(printed).toBe('healthy 161 1\ntrue\n');
});
