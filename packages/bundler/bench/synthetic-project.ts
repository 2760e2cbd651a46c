import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes a game-like project: `files` modules of ~100 lines, each importing its neighbour, of which the entry's `run`
 * reaches a third. Same arguments give the same project.
 */
export async function writeSyntheticProject(folder: string, files: number): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < files; index += 1) await writeFile(join(folder, `m${index}.ts`), moduleText(index, files));
  const entry = join(folder, 'entry.ts');
  const used = Array.from({ length: Math.ceil(files / 9) }, (_, i) => i * 9);
  await writeFile(entry, `${used.map((i) => `import { use${i} } from './m${i}.ts';`).join('\n')}
export function run(): string {
  let sum = 0;
${used.map((i) => `  sum = (sum + use${i}(${i})) % 1000003;`).join('\n')}
  return \`\${sum}\`;
}
`);
  return entry;
}

function moduleText(index: number, files: number): string {
  const neighbours = [1, 2].map((step) => index + step).filter((next) => next < files && next % 9 !== 0 && next % 9 <= 2);
  const functions = Array.from({ length: 8 }, (_, k) => `
export function step${index}_${k}(input: number, list: number[]): number {
  let total = input + ${k};
  for (let i = 0; i < list.length; i++) {
    const value = list[i]!;
    if (value % ${k + 2} === 0) continue;
    total = (total * 31 + value) % 1000003;
  }
  if (total > ${index}) return total - ${index};
  return total;
}`).join('\n');
  return `${neighbours.map((next) => `import { use${next} } from './m${next}.ts';`).join('\n')}
export interface Row${index} { readonly id: number; readonly name: string; readonly values: readonly number[] }
export const rows${index}: readonly Row${index}[] = [
${Array.from({ length: 6 }, (_, row) => `  { id: ${row}, name: 'row ${index}-${row}', values: [${row}, ${row + 1}, ${row + 2}] },`).join('\n')}
];
${functions}
export function unused${index}(): string { return rows${index}.map((row) => row.name).join(','); }
export function use${index}(input: number): number {
  const list = [input, input + 1, input + 2, ${index}];
  let total = step${index}_0(input, list) + step${index}_1(input, list);
${neighbours.map((next) => `  total = (total + use${next}(total)) % 1000003;`).join('\n')}
  return total;
}
`;
}
