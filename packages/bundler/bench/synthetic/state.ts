/** Columns of a feature's entities, some of which only debugging reads. */
export function columnText(n: number): string {
  const columns = ['x', 'y', 'hp', 'power', 'level', 'owner', 'cooldown', 'armour', 'mood', 'age'];
  return `import { clamp } from '../../engine/numbers.ts';

export interface Body${n} {
  readonly x: number;
  readonly y: number;
  readonly hp: number;
}

${columns.map((name) => `/** One number for each entity of this feature. */\nexport const ${name}${n}: number[] = [];`).join('\n')}
let made${n} = 0;

export function count${n}(): number {
  return made${n};
}

export function add${n}(body: Body${n}): number {
  const id = made${n};
  made${n}++;
${columns.slice(0, 3).map((name) => `  ${name}${n}[id] = body.${name};`).join('\n')}
${columns.slice(3).map((name, i) => `  ${name}${n}[id] = ${(n * 7 + i * 3) % 11};`).join('\n')}
  return id;
}

export function hurt${n}(id: number, by: number): void {
  hp${n}[id] = clamp(hp${n}[id]! - by, 0, 100);
}

export function isAlive${n}(id: number): boolean {
  return id < made${n} && hp${n}[id]! > 0;
}
${columns.map((name) => `
/** For tools: the sum of a column. */
export function sumOf${cap(name)}${n}(): number {
  let sum = 0;
  for (let id = 0; id < made${n}; id++) sum += ${name}${n}[id]!;
  return sum;
}
`).join('')}`;
}

/** Balance sheets: rows of numbers and short texts, with the ways to find one. */
export function tableText(n: number): string {
  const row = (id: number) => `  { id: ${id}, name: 'item ${n}-${id}', cost: ${(id * 37 + n * 13) % 500}, weight: ${(id * 5 + n) % 40}, kind: '${['blade', 'bow', 'staff', 'shield'][(id + n) % 4]}' },`;
  const price = (id: number) => `  [${id * 10}, ${id * 10 + 10}, ${(n * 17 + id * 29) % 997}],`;
  return `export interface Item${n} {
  readonly id: number;
  readonly name: string;
  readonly cost: number;
  readonly weight: number;
  readonly kind: string;
}

export const items${n}: readonly Item${n}[] = [
${Array.from({ length: 24 }, (_, id) => row(id)).join('\n')}
];

/** From, to, price: only merchants' tools read it. */
export const prices${n}: readonly (readonly number[])[] = [
${Array.from({ length: 80 }, (_, id) => price(id)).join('\n')}
];

export function itemOf${n}(id: number): Item${n} {
  return items${n}[id % items${n}.length]!;
}

export function cheapest${n}(): Item${n} {
  let found = items${n}[0]!;
  for (const item of items${n}) if (item.cost < found.cost) found = item;
  return found;
}

export function priceAt${n}(value: number): number {
  for (const [from, to, price] of prices${n}) if (value >= from! && value < to!) return price!;
  return 0;
}

export function byKind${n}(kind: string): Item${n}[] {
  return items${n}.filter((item) => item.kind === kind);
}

export function namesOf${n}(): string {
  return items${n}.map((item) => item.name).join(', ');
}
`;
}

/** Arithmetic of the game; of eight formulas the programs reach three. */
export function ruleText(n: number): string {
  const formula = (k: number) => `
/** Formula ${k} of the rule book. */
export function formula${n}_${k}(power: number, level: number, list: readonly number[]): number {
  let total = power * ${k + 2} + level;
  for (let i = 0; i < list.length; i++) {
    const value = list[i]!;
    if (value % ${k + 2} === 0) continue;
    total = mix(total, value + ${(n * 3 + k) % 17});
  }
  if (total > ${k * 1000 + n}) return total - ${n + k};
  return total;
}
`;
  return `import { mix, whole } from '../../engine/numbers.ts';
import { itemOf${n} } from './table.ts';
${Array.from({ length: 8 }, (_, k) => formula(k)).join('')}
export function damage${n}(power: number, level: number, item: number): number {
  const { weight } = itemOf${n}(item);
  return 1 + whole(formula${n}_0(power, level, [weight, level]) % 97, 10) + (formula${n}_1(level, power, [weight]) % ${3 + (n % 4)});
}

export function worth${n}(item: number): number {
  return itemOf${n}(item).cost + (formula${n}_2(item, ${n % 9}, [item, item + 1]) % 11);
}
`;
}

const cap = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
