import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { decodePackIndex, type PackedRun } from '../src/stores/pack-index.ts';
import { unframePage } from '../src/stores/page-frame.ts';
import { sha256Hex } from '../src/sha256.ts';

const packs = join(import.meta.dirname, 'fixtures/store-v1/packs');
const pack = readFileSync(join(packs, readdirSync(packs)[0]!));
const entries = decodePackIndex(pack) as PackedRun[];
const frameOf = ({ offset, length }: PackedRun) => Uint8Array.from(pack.subarray(offset, offset + length));

describe('a pack of version 1', () => {
  it('gives every page it names, with the segments it was compressed by', () => {
    expect(entries).toHaveLength(7);
    for (const entry of entries) {
      const { bytes, widths, lengths } = unframePage(frameOf(entry));
      expect(sha256Hex(bytes)).toBe(entry.ids[0]);
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(bytes.length);
      expect(widths).toHaveLength(lengths.length);
    }
  });

  it('has an index that says how much of the file it needs, and is refused when flipped', () => {
    expect(decodePackIndex(pack.subarray(0, 100))).toEqual({ needs: 16 + 40 * 7 });
    for (let bit = 0; bit < (16 + 40 * 7) * 8; bit += 1) {
      const flipped = Uint8Array.from(pack);
      flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
      expect(Array.isArray(decodePackIndex(flipped))).toBe(false);
    }
  });

  it('gives the page, or another that does not hash to its name, or an error, when a frame is flipped anywhere', () => {
    const entry = entries[2]!;
    for (let bit = 0; bit < entry.length * 8; bit += 1) {
      const flipped = frameOf(entry);
      flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
      let outcome: string;
      try {
        outcome = sha256Hex(unframePage(flipped).bytes);
      } catch (error) {
        outcome = (error as Error).message;
      }
      expect(outcome.length).toBeGreaterThan(0);
    }
  });
});
