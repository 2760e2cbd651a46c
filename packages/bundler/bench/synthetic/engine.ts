/** What every game has below its features: chance, a grid, text, a queue, whole numbers. Much of it nobody calls. */
export function engineFiles(): Record<string, string> {
  return { 'engine/random.ts': RANDOM, 'engine/grid.ts': GRID, 'engine/text.ts': TEXT, 'engine/queue.ts': QUEUE, 'engine/numbers.ts': NUMBERS };
}

const RANDOM = `/** A small generator; the state is a number that the caller keeps. */
export function nextState(state: number): number {
  return (state * 16807) % 2147483647;
}

export function between(state: number, low: number, high: number): number {
  return low + (state % (high - low + 1));
}

export function chance(state: number, percent: number): boolean {
  return state % 100 < percent;
}

export function pick<T>(state: number, list: readonly T[]): T {
  return list[state % list.length]!;
}

export function shuffled(state: number, list: readonly number[]): number[] {
  const result: number[] = [];
  for (const value of list) result.push(value);
  let current = state;
  for (let i = result.length - 1; i > 0; i--) {
    current = nextState(current);
    const j = current % (i + 1);
    const held = result[i]!;
    result[i] = result[j]!;
    result[j] = held;
  }
  return result;
}
`;

const GRID = `export const WIDTH = 64;
export const HEIGHT = 64;

export function cellOf(x: number, y: number): number {
  return y * WIDTH + x;
}

export function isInside(x: number, y: number): boolean {
  return x >= 0 && y >= 0 && x < WIDTH && y < HEIGHT;
}

export function distance(ax: number, ay: number, bx: number, by: number): number {
  const dx = ax > bx ? ax - bx : bx - ax;
  const dy = ay > by ? ay - by : by - ay;
  return dx > dy ? dx : dy;
}

export function neighbours(cell: number): number[] {
  const found: number[] = [];
  const x = cell % WIDTH;
  if (x > 0) found.push(cell - 1);
  if (x < WIDTH - 1) found.push(cell + 1);
  if (cell >= WIDTH) found.push(cell - WIDTH);
  if (cell < WIDTH * (HEIGHT - 1)) found.push(cell + WIDTH);
  return found;
}
`;

const TEXT = `export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word = '';
  for (let i = 0; i < text.length; i++) {
    const letter = text.charAt(i);
    if (letter === ' ') {
      if (word !== '') words.push(word);
      word = '';
    } else {
      word += letter;
    }
  }
  if (word !== '') words.push(word);
  return words;
}

export function padded(text: string, width: number): string {
  let result = text;
  while (result.length < width) result += ' ';
  return result;
}

export function joined(list: readonly string[], separator: string): string {
  let result = '';
  for (let i = 0; i < list.length; i++) result += (i > 0 ? separator : '') + list[i]!;
  return result;
}
`;

const QUEUE = `export interface Queue {
  items: number[];
  head: number;
  tail: number;
}

export function createQueue(): Queue {
  return { items: [], head: 0, tail: 0 };
}

export function push(queue: Queue, value: number): void {
  queue.items[queue.tail] = value;
  queue.tail++;
}

export function shift(queue: Queue): number {
  if (queue.head === queue.tail) return -1;
  const value = queue.items[queue.head]!;
  queue.head++;
  return value;
}

export function sizeOf(queue: Queue): number {
  return queue.tail - queue.head;
}
`;

const NUMBERS = `export const MODULUS = 1000003;

export function mix(total: number, value: number): number {
  return (total * 31 + value) % MODULUS;
}

export function clamp(value: number, low: number, high: number): number {
  if (value < low) return low;
  if (value > high) return high;
  return value;
}

export function largest(list: readonly number[]): number {
  let found = 0;
  for (const value of list) if (value > found) found = value;
  return found;
}

export function whole(value: number, parts: number): number {
  return Math.floor(value / parts);
}
`;
