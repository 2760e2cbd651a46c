import { describe, expect, it } from '@jest/globals';
import { segmentsOf, shuffle, unshuffle } from '../src/stores/byte-shuffle.ts';
import { framePage, unframePage } from '../src/stores/page-frame.ts';

/** Two rows: u16 [1, 258], str ["ab", ""]. */
const bytes = Uint8Array.of(2, 0, 0, 0, 1, 0, 2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 97, 98);

describe('a page on disk', () => {
  it('is cut into the cells of each column', () => {
    expect(segmentsOf(bytes, ['u16', 'str'])).toEqual([
      { length: 4, width: 1 }, { length: 4, width: 2 }, { length: 8, width: 4 }, { length: 2, width: 1 },
    ]);
  });

  it('has equal bytes of neighbouring cells side by side', () => {
    const shuffled = shuffle(bytes, segmentsOf(bytes, ['u16', 'str']));
    expect([...shuffled.subarray(4, 8)]).toEqual([1, 2, 0, 1]);
    expect(unshuffle(shuffled, segmentsOf(bytes, ['u16', 'str']))).toEqual(bytes);
  });

  it('covers bytes that the kinds leave over, and kinds that the bytes leave over', () => {
    expect(segmentsOf(bytes, ['u16'])).toEqual([{ length: 4, width: 1 }, { length: 4, width: 2 }, { length: 10, width: 1 }]);
    expect(segmentsOf(bytes, ['i53', 'i53'])).toEqual([{ length: 4, width: 1 }, { length: 14, width: 1 }]);
    expect(segmentsOf(Uint8Array.of(1), ['u8'])).toEqual([{ length: 1, width: 1 }]);
  });

  it('comes back as it went in, an empty one too', () => {
    expect(unframePage(framePage(bytes, ['u16', 'str']))).toEqual(bytes);
    expect(unframePage(framePage(new Uint8Array(0), []))).toEqual(new Uint8Array(0));
  });

  it('is refused when its format is unknown', () => {
    const frame = framePage(bytes, ['u16', 'str']);
    frame[4] = 2;
    expect(() => unframePage(frame)).toThrow('unknown page format');
  });
});
