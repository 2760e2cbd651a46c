import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { expect, it } from '@jest/globals';
import * as ecs from '@beamline/ecs';

it('shows an example that prints what it says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, source] = /```ts\n([\s\S]*?)```/.exec(readme)!;
  const expected = [...source!.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
  const body = stripTypeScriptTypes(source!).replace(/^import (\{.*\}) from '@beamline\/ecs';$/m, 'const $1 = ecs;');
  const printed: string[] = [];
  new Function('ecs', 'console', body)(ecs, { log: (value: unknown) => printed.push(String(value)) });
  expect(printed).toEqual(expected);
  expect(printed).toHaveLength(2);
});
