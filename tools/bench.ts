// npm run bench -- [name] [--quick] [--json]: runs packages/*/bench/<name>.ts, or bench/<name>.ts where it needs several; without a name, all of them.
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

export interface Bench {
  /** Figures as plain numbers, units in the names, ratios against named alternatives measured in the same run. */
  run(options: { quick: boolean }): Promise<Record<string, number>>;
}

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const root = join(import.meta.dirname, '..');
// What lies beside a bench for its use exports no `run`.
const files = globSync(['packages/*/bench/*.ts', 'bench/*.ts'], { cwd: root })
  .filter((file) => /^export (async )?function run\(\{/m.test(readFileSync(join(root, file), 'utf8'))).sort();
const chosen = positionals.length === 0 ? files : files.filter((file) => positionals.includes(basename(file, '.ts')));
if (chosen.length === 0) {
  process.stderr.write(`no such bench; there are: ${files.map((file) => basename(file, '.ts')).join(', ')}\n`);
  process.exit(2);
}
for (const file of chosen) {
  const bench = (await import(join(root, file))) as Bench;
  const figures = await bench.run({ quick: values.quick });
  if (values.json) process.stdout.write(`${JSON.stringify({ bench: basename(file, '.ts'), figures })}\n`);
  else for (const [name, value] of Object.entries(figures)) process.stdout.write(`${basename(file, '.ts')}  ${name.padEnd(40)} ${value}\n`);
}
