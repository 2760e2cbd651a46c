/** Systems over a feature's columns; the programs list the first three. */
export function systemText(n: number): string {
  const idle = (k: number) => `
/** Weather, seasons and the like, for a later version. */
export function season${n}_${k}(turn: number): void {
  for (let id = 0; id < count${n}(); id++) {
    if (!isAlive${n}(id)) continue;
    mood${n}[id] = (mood${n}[id]! + turn * ${k + 1}) % ${11 + k};
    if (mood${n}[id] === ${k}) age${n}[id] = age${n}[id]! + 1;
  }
}
`;
  return `import { WIDTH, distance } from '../../engine/grid.ts';
import { between, nextState } from '../../engine/random.ts';
import { mix } from '../../engine/numbers.ts';
import { add${n}, age${n}, cooldown${n}, count${n}, hp${n}, hurt${n}, isAlive${n}, level${n}, mood${n}, power${n}, x${n}, y${n} } from './columns.ts';
import { raise${n} } from './events.ts';
import { damage${n} } from './rules.ts';

let state${n} = ${n * 7919 + 17};

function roll${n}(low: number, high: number): number {
  state${n} = nextState(state${n});
  return between(state${n}, low, high);
}

export function spawn${n}(place: number): number {
  return add${n}({ x: (place * ${3 + (n % 5)}) % WIDTH, y: place % WIDTH, hp: 50 + roll${n}(0, 40) });
}

function move${n}(turn: number): void {
  for (let id = 0; id < count${n}(); id++) {
    if (!isAlive${n}(id)) continue;
    x${n}[id] = (x${n}[id]! + roll${n}(0, 2)) % WIDTH;
    y${n}[id] = (y${n}[id]! + turn) % WIDTH;
  }
}

function fight${n}(): void {
  for (let id = 1; id < count${n}(); id++) {
    const other = id - 1;
    if (!isAlive${n}(id) || !isAlive${n}(other) || cooldown${n}[id]! > 0) continue;
    if (distance(x${n}[id]!, y${n}[id]!, x${n}[other]!, y${n}[other]!) > ${6 + (n % 6)}) continue;
    const blow = damage${n}(power${n}[id]!, level${n}[id]!, id);
    hurt${n}(other, blow);
    cooldown${n}[id] = 2;
    raise${n}('${['hit', 'bite', 'burn'][n % 3]}', id, blow);
  }
}

function rest${n}(): void {
  for (let id = 0; id < count${n}(); id++) {
    if (cooldown${n}[id]! > 0) cooldown${n}[id] = cooldown${n}[id]! - 1;
    if (isAlive${n}(id) && hp${n}[id]! < 90) hp${n}[id] = hp${n}[id]! + 1;
  }
}

export function step${n}(turn: number): void {
  move${n}(turn);
  fight${n}();
  rest${n}();
}
${Array.from({ length: 8 }, (_, k) => idle(k)).join('')}
export function score${n}(): number {
  let total = 0;
  for (let id = 0; id < count${n}(); id++) total = mix(total, hp${n}[id]! + x${n}[id]! * 3 + y${n}[id]!);
  return total;
}
`;
}

/** Messages of players; some actions belong to other programs. */
export function actionText(n: number): string {
  const verbs = ['heal', 'trade', 'mount', 'hide', 'sing'];
  return `import { splitWords } from '../../engine/text.ts';
import { clamp } from '../../engine/numbers.ts';
import { armour${n}, count${n}, hp${n}, hurt${n}, isAlive${n}, owner${n} } from './columns.ts';
import { raise${n} } from './events.ts';
import { kindName${n}, Kind${n} } from './names.ts';
import { damage${n}, worth${n} } from './rules.ts';

function strike${n}(id: number, item: number): string {
  if (!isAlive${n}(id)) return 'nobody is there';
  const blow = damage${n}(5, 2, item);
  hurt${n}(id, blow);
  raise${n}('${['hit', 'bite', 'burn'][n % 3]}', id, blow);
  return \`struck for \${blow} \${kindName${n}(item % 4)}\`;
}

export function act${n}(text: string, id: number): string {
  const [verb, argument] = splitWords(text);
  if (verb === 'strike') return strike${n}(id, argument === undefined ? 0 : argument.length);
  if (verb === 'price') return \`\${worth${n}(id)}\`;
  return 'what?';
}
${verbs.map((verb, k) => `
/** The action ${verb}, which no program takes yet. */
export function ${verb}${n}(id: number, amount: number): string {
  if (!isAlive${n}(id)) return 'nobody is there';
  const before = hp${n}[id]!;
  hp${n}[id] = clamp(before + amount - ${k}, 0, 100);
  armour${n}[id] = clamp(armour${n}[id]! + ${k + 1}, 0, 20);
  owner${n}[id] = (owner${n}[id]! + 1) % count${n}();
  return before < hp${n}[id]! ? '${verb} helped' : '${verb} did nothing';
}
`).join('')}
export const heroKind${n} = Kind${n}.Hero;
`;
}

/** Things that happened, for whoever asks; most of the ways to ask are unused. */
export function eventText(n: number): string {
  return `import { createQueue, push, shift, sizeOf, type Queue } from '../../engine/queue.ts';
import { joined } from '../../engine/text.ts';

const queue${n}: Queue = /*#__PURE__*/ createQueue();
const counts${n}: Record<string, number> = {};

export function raise${n}(name: string, id: number, amount: number): void {
  push(queue${n}, id * 1000 + amount);
  counts${n}[name] = (counts${n}[name] ?? 0) + 1;
  if (sizeOf(queue${n}) > 32) shift(queue${n});
}

export function countOf${n}(name: string): number {
  return counts${n}[name] ?? 0;
}
${Array.from({ length: 9 }, (_, k) => `
/** View ${k} of what happened, for observers. */
export function view${n}_${k}(): string {
  const lines: string[] = [];
  while (sizeOf(queue${n}) > ${k}) {
    const value = shift(queue${n});
    const id = Math.floor(value / 1000);
    const amount = value % 1000;
    if (amount < ${k * 3}) continue;
    lines.push(\`\${id} got \${amount}\`);
  }
  return joined(lines, '${['; ', ', ', ' / '][k % 3]}');
}
`).join('')}`;
}
