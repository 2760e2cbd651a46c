import { expect, it } from '@jest/globals';
import { cases } from './cases.ts';
import { bundleTree, runProgram, withoutBundler } from './run-tree.ts';

it.each(Object.entries(cases))('%s', async (_name, { files, said, gone = [] }) => {
  const plain = withoutBundler(files);
  expect(await runProgram(plain.code, plain)).toBe(said);
  const isPortable = !/\bgoto\b/.test(JSON.stringify(files));
  for (const target of isPortable ? ['lua', 'aos'] as const : ['aos'] as const) {
    for (const minify of [true, false]) {
      const code = await bundleTree(files, { target, minify });
      expect([target, minify, await runProgram(code, {})]).toEqual([target, minify, said]);
      if (target === 'lua') for (const text of gone) expect(code).not.toContain(text);
    }
  }
});
