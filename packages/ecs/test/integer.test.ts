import { expect, it } from '@jest/globals';
import { idiv, mod, u32Add, u32And, u32Mul, u32Or, u32Shl, u32Shr, u32Sub, u32Xor } from '@beamline/ecs';

it('rounds quotients down and gives remainders the sign of the divisor', () => {
  expect([idiv(7, 2), idiv(-7, 2), idiv(7, -2), mod(-7, 3), mod(7, -3), mod(-6, 3)]).toEqual([3, -4, -4, 2, -2, 0]);
  expect(Object.is(mod(-6, 3), 0)).toBe(true);
});

it('wraps at 32 bits', () => {
  expect(u32Add(4294967295, 2)).toBe(1);
  expect(u32Sub(1, 2)).toBe(4294967295);
  expect(u32Mul(4294967295, 4294967295)).toBe(1);
  expect(u32Mul(123456789, 987654321)).toBe(Number((123456789n * 987654321n) & 0xffffffffn));
  expect(u32Shl(3, 31)).toBe(2147483648);
  expect(u32Shr(4294967295, 31)).toBe(1);
});

it('keeps bit patterns unsigned', () => {
  expect([u32Xor(4294967295, 1), u32And(4294967295, 2147483648), u32Or(2147483648, 1)]).toEqual([4294967294, 2147483648, 2147483649]);
});
