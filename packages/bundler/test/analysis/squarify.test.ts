import { expect, it } from '@jest/globals';
import { squarify, type Rectangle } from '../../src/analysis/squarify.ts';

const area = { x: 10, y: 20, width: 160, height: 90 };
const proportion = ({ width, height }: Rectangle) => Math.max(width / height, height / width);

it('gives each part an area in proportion, inside and without overlap', () => {
  const sizes = [50, 30, 30, 12, 7, 7, 3, 1, 1];
  const parts = squarify(sizes, area);
  const scale = (160 * 90) / sizes.reduce((sum, size) => sum + size, 0);
  parts.forEach(({ x, y, width, height }, index) => {
    expect(width * height).toBeCloseTo((sizes[index] ?? 0) * scale);
    expect(x).toBeGreaterThanOrEqual(10);
    expect(y).toBeGreaterThanOrEqual(20);
    expect(x + width).toBeLessThanOrEqual(170.000001);
    expect(y + height).toBeLessThanOrEqual(110.000001);
  });
  for (const [index, a] of parts.entries()) {
    for (const b of parts.slice(index + 1)) {
      const overlap = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 1e-6 && Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > 1e-6;
      expect(overlap).toBe(false);
    }
  }
});

it('keeps parts closer to squares than strips would', () => {
  const parts = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
  expect(Math.max(...parts.map(proportion))).toBeLessThan(3);
});

it('has room for nothing', () => {
  expect(squarify([], area)).toEqual([]);
  expect(squarify([0, 0], area)).toMatchObject([{ width: 0 }, { width: 0 }]);
  expect(squarify([1], { ...area, height: 0 })).toMatchObject([{ height: 0 }]);
});
