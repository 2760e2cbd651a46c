import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { clientRequest, processRequest, testId } from '../src/testing/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const protocol = readFileSync(new URL('../PROTOCOL.md', import.meta.url), 'utf8');

it('shows an example that runs', async () => {
  const example = /```ts\n([\s\S]+?)```/.exec(readme)![1]!;
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  const file = new URL('./readme-example.ts', import.meta.url);
  writeFileSync(file, example.replace("'@beamline/kernel'", "'../src/index.ts'"));
  try {
    const { compute } = (await import(file.href)) as { compute: (base: object, request: object) => { results: { output: object } } };
    const base = {};
    const process = testId('bank');
    compute(base, processRequest({ id: process, process, slot: 0, timestamp: 1, committer: testId('owner'), authority: testId('node') }));
    const say = (slot: number, action: string, tags = {}) =>
      compute(base, clientRequest({ id: testId(`m${slot}`), process, slot, timestamp: slot, committer: testId('ann'), tags: { action, ...tags } })).results.output;
    expect(say(1, 'Earn', { gold: '5' })).toMatchObject({ outcome: 'error', code: 'ecs/dead-entity' });
    expect(say(2, 'Open')).toEqual({ outcome: 'ok' });
    expect(say(3, 'Open')).toMatchObject({ code: 'bank/open' });
    expect(say(4, 'Earn', { gold: '500' })).toMatchObject({ code: 'kernel/bad-tag' });
    expect(say(5, 'Earn', { gold: '5' })).toEqual({ outcome: 'ok' });
  } finally {
    rmSync(file);
  }
});

it('documents every code that the sources know', async () => {
  const { globSync } = await import('node:fs');
  const codes = new Set<string>();
  for (const file of globSync('**/*.ts', { cwd: new URL('../src/', import.meta.url).pathname })) {
    if (file.startsWith('testing')) continue;
    const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8');
    for (const [code] of source.matchAll(/kernel\/[a-z]+(?:-[a-z]+)*(?=[:'`])/g)) codes.add(code);
  }
  expect(codes.size).toBeGreaterThan(25);
  expect([...codes].filter((code) => !protocol.includes(code) && !readme.includes(code))).toEqual([]);
});
