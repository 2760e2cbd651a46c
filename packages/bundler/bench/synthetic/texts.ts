/** An enum with its texts in several languages, one of which is used. */
export function nameText(n: number): string {
  const languages = { English: ['hero', 'beast', 'ghost', 'stone'], German: ['Held', 'Tier', 'Geist', 'Stein'], Latin: ['heros', 'bestia', 'umbra', 'saxum'] };
  const table = ([language, words]: [string, string[]]) => `
export const titles${language}${n}: readonly string[] = [
${words.flatMap((word) => Array.from({ length: 5 }, (_, k) => `  '${word} of rank ${k} in land ${n}',`)).join('\n')}
];

export function title${language}${n}(kind: Kind${n}, rank: number): string {
  const at = kind * 5 + rank;
  return at < titles${language}${n}.length ? titles${language}${n}[at]! : 'nobody';
}
`;
  return `export enum Kind${n} {
  Hero,
  Beast,
  Ghost,
  Stone,
}

export function kindName${n}(kind: number): string {
  switch (kind) {
    case Kind${n}.Hero: return 'hero';
    case Kind${n}.Beast: return 'beast';
    case Kind${n}.Ghost: return 'ghost';
    default: return 'stone';
  }
}
${Object.entries(languages).map(table).join('')}`;
}

/** A bag as a class and as functions: nobody has got round to carrying things in this feature. */
export function inventoryText(n: number): string {
  return `import { itemOf${n} } from './table.ts';

export interface Stack${n} {
  item: number;
  amount: number;
}

export class Bag${n} {
  readonly stacks: Stack${n}[] = [];
  private changes = 0;

  constructor(readonly limit: number) {}

  get weight(): number {
    let sum = 0;
    for (const { item, amount } of this.stacks) sum += itemOf${n}(item).weight * amount;
    return sum;
  }

  put(item: number, amount: number): boolean {
    if (this.weight + itemOf${n}(item).weight * amount > this.limit) return false;
    const found = this.stacks.find((stack) => stack.item === item);
    if (found) found.amount += amount;
    else this.stacks.push({ item, amount });
    this.changes += 1;
    return true;
  }

  take(item: number, amount: number): boolean {
    const found = this.stacks.find((stack) => stack.item === item);
    if (!found || found.amount < amount) return false;
    found.amount -= amount;
    this.changes += 1;
    return true;
  }

  toString(): string {
    return this.stacks.map(({ item, amount }) => \`\${amount} \${itemOf${n}(item).name}\`).join(', ');
  }
}
${Array.from({ length: 9 }, (_, k) => `
/** Rule ${k} of packing. */
export function packed${n}_${k}(bag: Bag${n}, wanted: readonly number[]): number {
  let count = 0;
  for (const item of wanted) {
    if (item % ${k + 2} === 1) continue;
    if (!bag.put(item, ${k + 1})) break;
    count++;
  }
  return count;
}
`).join('')}`;
}

/** Behind a constant that is false. */
export function debugText(n: number): string {
  const columns = ['x', 'y', 'hp', 'power', 'level', 'owner', 'cooldown', 'armour', 'mood', 'age'];
  return `import { padded } from '../../engine/text.ts';
import { count${n}, ${columns.map((name) => `${name}${n}`).join(', ')} } from './columns.ts';
import { countOf${n} } from './events.ts';
import { namesOf${n} } from './table.ts';
import { titleEnglish${n} } from './names.ts';

function line${n}(id: number): string {
  let text = padded(\`entity \${id}\`, 12);
${columns.map((name) => `  text += padded(\`${name} \${${name}${n}[id]!}\`, 10);`).join('\n')}
  return text;
}

export function dump${n}(): string {
  let text = 'feature ${n}: ' + namesOf${n}();
  for (let id = 0; id < count${n}(); id++) text += line${n}(id) + titleEnglish${n}(id % 4, 0);
  return text + countOf${n}('hit');
}
${columns.map((name, k) => `
/** Looks for what cannot be in the column ${name}. */
export function check${n}_${k}(): string {
  for (let id = 0; id < count${n}(); id++) {
    const value = ${name}${n}[id]!;
    if (value < 0) return \`${name} of \${id} is \${value}\`;
    if (value > 1000000) return \`${name} of \${id} is far too large\`;
  }
  return '';
}
`).join('')}`;
}
