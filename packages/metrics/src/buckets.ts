const MILLISECONDS = [0.1, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000];
const BYTES = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];
const NUMBERS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000];

/** Upper bounds of a histogram's buckets, by the unit its name ends with: `_seconds`, `_ms`, `_bytes`, or a plain number. */
export function bucketsFor(name: string): readonly number[] {
  if (name.endsWith('_seconds')) return MILLISECONDS.map((ms) => ms / 1_000);
  if (name.endsWith('_ms')) return MILLISECONDS;
  return name.endsWith('_bytes') ? BYTES : NUMBERS;
}
