import { open } from 'node:fs/promises';

/** Median of what a piece of work takes, and its last result. @param ahead runs that don't count */
export async function timed<T>(repeats: number, work: (n: number) => Promise<T> | T, ahead = 0): Promise<{ ms: number; last: T }> {
  const times: number[] = [];
  let last!: T;
  for (let n = 0; n < ahead; n += 1) await work(n);
  for (let n = 0; n < repeats; n += 1) {
    const start = performance.now();
    last = await work(n);
    times.push(performance.now() - start);
  }
  return { ms: median(times), last };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

/** What the last of a hundred takes. */
export function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))]!;
}

export async function writeDurably(path: string, bytes: Uint8Array): Promise<number> {
  const file = await open(path, 'w');
  await file.writeFile(bytes);
  await file.sync();
  await file.close();
  return bytes.length;
}

export function rounded(figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(4))]));
}
