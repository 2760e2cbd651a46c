import { expect, it } from '@jest/globals';
import { array, bool, component, i16, i53, layoutOf, pageBytes, pageImageText, str, u32, u8 } from '@beamline/ecs';
import { componentSizes } from '../../src/analysis/component-sizes.ts';
import type { PartSize } from '../../src/analysis/index.ts';

const Wide = component('Wide', { a: array(u32, 3), b: i53, c: i16 });
const Named = component('Named', { name: str, alive: bool, level: u8 });
const part = (name: string, bytes: number): PartSize => ({ kind: 'component', name, module: 'components.ts', line: 1, bytes, savedBytes: bytes, gzipBytes: 1, share: 0.1, uses: [], why: [] });

it('says what a row takes on disk and in messages, and what its code takes', () => {
  expect(componentSizes(layoutOf([Named, Wide]), [part('Wide', 70), part('Named', 40)])).toEqual([
    { name: 'Wide', codeBytes: 70, columns: 5, texts: 0, pageRowBytes: 22, messageRowBytes: { least: 10, most: 3 * 11 + 18 + 7 } },
    { name: 'Named', codeBytes: 40, columns: 3, texts: 1, pageRowBytes: 6, messageRowBytes: { least: 5, most: 7 } },
  ]);
});

it.each([
  ['most', [4294967295, 4294967295, 4294967295, -9007199254740991, -32768]],
  ['least', [0, 1, 2, 3, 4]],
] as const)('agrees with what encodes pages of the %s', (which, cells) => {
  const rows = 100;
  const page = { rows, columns: cells.map((cell) => Array.from({ length: rows }, () => cell)) };
  const [wide] = componentSizes(layoutOf([Wide]), []);
  expect(pageBytes(Wide.columns, page).length).toBe(4 + rows * wide!.pageRowBytes);
  expect(pageImageText(Wide.columns, page).length + 1).toBe(rows * wide!.messageRowBytes[which]);
});
