import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { array, component, fixed, i32, i53, layoutOf, lockLayout, str, u16, u32, u8, type Component, type Layout } from '@beamline/ecs';
import ts from 'typescript';
import * as library from '../../src/index.ts';
import * as ecs from '@beamline/ecs';
import { Bag, Position, Vitals } from '../sample-world.ts';
import { createDice, randomLayout } from './random-world.ts';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(import.meta.dirname, '../../.stub-')); });
afterAll(() => rm(folder, { recursive: true }));

const stub = (from: Layout, to: Layout) => library.migrationStub({ id: 3, name: 'third-age', role: 'world', from, to });

/** What the real compiler says to some sources, one line each. */
async function compile(...sources: string[]): Promise<string[]> {
  const files = sources.map((_, n) => join(folder, `stub-${n}.ts`));
  await Promise.all(files.map((file, n) => writeFile(file, sources[n]!)));
  const program = ts.createProgram(files, {
    strict: true, noEmit: true, noUnusedLocals: true, skipLibCheck: true, allowImportingTsExtensions: true, types: ['node'],
    target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, customConditions: ['@beamline/source'],
  });
  const own = files.map((file) => program.getSourceFile(file)!);
  return own.flatMap((file) => [...program.getSemanticDiagnostics(file), ...program.getSyntacticDiagnostics(file)])
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

/** The migration a stub exports. */
function evaluate(source: string): library.Migration {
  const body = source.replaceAll(/^import (\{.*\}) from '@beamline\/(ecs|persistence)';$/gm, 'const $1 = $2;').replace(/^export const (\w+) =/m, 'return');
  return new Function('ecs', 'persistence', body)(ecs, library) as library.Migration;
}

const first = lockLayout(undefined, layoutOf([Position, Vitals, Bag]));
const later = (...components: Component[]): Layout => lockLayout(first.lock, layoutOf(components)).layout;
const changed = later(
  component('Place', { ...Position.fields, z: i32 }),
  component('Vitals', { health: u16, mana: u32, boost: fixed(10), shield: u8, note: str }),
  component('Bag', { slots: array(u8, 5), owner: u8 }),
  component('odd-name', { a: i53 }),
);

describe('the stub of a migration', () => {
  const source = stub(first.layout, changed);

  it('compiles, and fails to with a field that is misspelt', async () => {
    expect(source).toContain("renameField(before.Vitals, 'hp', 'health')");
    const misspelt = source.replace("renameField(before.Vitals, 'hp', 'health')", "renameField(before.Vitals, 'pp', 'health')");
    expect(misspelt).not.toBe(source);
    const computed = source.replace('calc.find([], 0)', "calc.find([], calc.fieldOf(before.Vitals, 'nothing'))");
    expect(computed).not.toBe(source);
    expect(await compile(source, misspelt, computed)).toEqual([expect.stringContaining('"pp"'), expect.stringContaining('"nothing"')]);
  }, 120_000);

  it('leads exactly to the new layout', () => {
    const migration = evaluate(source);
    expect(migration).toMatchObject({ version: 1, id: 3, name: 'third-age', from: { role: 'world' } });
    expect(library.layoutVerdict(first.layout, changed, [migration])).toMatchObject({ verdict: 'NEEDS-MIGRATION' });
  });

  it('leaves its decisions to whoever reads it', () => {
    for (const note of ['Was hp renamed to health?', 'Was Position renamed to Place?', 'All values of Vitals.alive are forgotten', 'No entity has odd-name']) expect(source).toContain(note);
  });

  it.each(Array.from({ length: 40 }, (_, seed) => seed))('leads from any layout to any other (seed %i)', (seed) => {
    const [from, to] = [randomLayout(createDice(seed + 1)), randomLayout(createDice(seed + 1000))];
    const migration = evaluate(stub(from, to));
    const { verdict, reasons } = library.layoutVerdict(from, to, [migration]);
    expect(reasons.filter(() => verdict === 'FORBIDDEN')).toEqual([]);
  });
});
