import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { writeSyntheticProject } from '../bench/synthetic-project.ts';
import { createBundler, type Bundle, type Bundler } from '../src/index.ts';

/** Rounds of edits; more with BEAMLINE_EDITS. */
const ROUNDS = Number(process.env['BEAMLINE_EDITS'] ?? 5);

/** The same numbers every time. */
function numbers(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
}

type Edit = (text: string, choose: (below: number) => number) => string;

/** Replaces one of the matches of a pattern, if there is any. */
const replaceOne = (pattern: RegExp, by: (found: string, choose: (below: number) => number) => string): Edit => (text, choose) => {
  const matches = [...text.matchAll(pattern)];
  const match = matches[choose(Math.max(1, matches.length))];
  return match ? `${text.slice(0, match.index)}${by(match[0], choose)}${text.slice(match.index + match[0].length)}` : text;
};

const EDITS: readonly Edit[] = [
  replaceOne(/\b\d+\b/g, (_, choose) => String(choose(40))),
  replaceOne(/ [+<>] /g, (found) => ({ ' + ': ' - ', ' < ': ' > ', ' > ': ' < ' })[found] ?? found),
  replaceOne(/^ +(?!return|const|let|import|export)\S.*;$/gm, (found) => `${found}\n${found}`),
  replaceOne(/^ +(?!return|const|let|import|export)\S.*;$/gm, () => ''),
  replaceOne(/^/g, () => '// A line more: everything below has moved.\n'),
  // Another function, with one caller; in time with several.
  (text, choose) => replaceOne(/= (\d+);/g, (found) => found.replace(/\d+/, (digits) => `more${choose(3)}(${digits})`))(text, choose)
    .replace(/^(?![^]*function more0)/, [0, 1, 2].map((n) => `function more${n}(value: number): number { return value > ${n} ? value - ${n} : ${n}; }\n`).join('')),
];

it('builds the bytes of a clean build after any edits of several modules', async () => {
  const root = await mkdtemp(join(tmpdir(), 'beamline-edits-'));
  const { files, roles } = await writeSyntheticProject(root, 33);
  const warm = createBundler();
  const build = async (bundler: Bundler): Promise<Bundle> => {
    let bundle: Bundle | undefined;
    await bundler.buildRelease({ game: 'edits', version: '1', root, roles: { world: { entry: roles.world, targets: ['lua'] } }, onBundle: (each) => { bundle = each; } });
    return bundle!;
  };
  const choose = numbers(5);
  let last = await build(warm);
  let changes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const live = files.filter((file) => last.modules.some(({ path }) => file.endsWith(`/${path}`)));
    const before = new Map<string, string>();
    for (let edit = 0; edit < 6; edit += 1) {
      const file = live[choose(live.length)]!;
      const text = await readFile(file, 'utf8');
      if (!before.has(file)) before.set(file, text);
      await writeFile(file, EDITS[choose(EDITS.length)]!(text, choose));
      // What the compiler refuses is taken back; the bundler has seen it nevertheless.
      await build(warm).catch(() => writeFile(file, text));
    }
    const bundle = await build(warm);
    const cold = createBundler();
    expect(bundle).toEqual(await build(cold));
    await cold.close();
    if (bundle.code !== last.code) changes += 1;
    last = bundle;
  }
  await warm.close();
  await rm(root, { recursive: true });
  expect(changes).toBeGreaterThan(ROUNDS / 2);
}, 600_000);
