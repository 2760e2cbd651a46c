// What game code spends its time in. Every function is a program's export: nothing may be shaken away.
const N = 10_000;
const x: number[] = [];
const vx: number[] = [];
for (let i = 0; i < N; i++) {
  x[i] = i;
  vx[i] = (i % 7) - 3;
}

/** A system over columns: counting loop, no exit. */
export function columns(): string {
  const count = x.length;
  for (let i = 0; i < count; i++) x[i] = x[i]! + vx[i]!;
  return 'done';
}

/** A loop over a list with `continue`. */
export function filtered(): string {
  let sum = 0;
  for (const value of vx) {
    if (value % 3 === 0) continue;
    sum += value;
  }
  return `${sum}`;
}

/** Divisors that are not constant. */
export function divides(): string {
  let sum = 0;
  for (let i = 1; i < N; i++) sum += Math.floor(1_000_000 / i) + (77 % i);
  return `${sum}`;
}

/** The smallest body a while can have. */
export function whiles(): string {
  let sum = 0;
  let turns = 0;
  while (sum < 100_000) {
    sum += (turns % 3) + 1;
    turns++;
  }
  return `${turns}`;
}

function fibonacci(n: number): number {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

/** Nothing but calls. */
export function recursion(): string {
  return `${fibonacci(20)}`;
}
