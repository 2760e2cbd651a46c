import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import * as persistence from '../src/index.ts';
import * as fs from '../src/fs.ts';
import type { ColumnWorld, LogRecord } from '../src/index.ts';

const emptyWorld = (): ColumnWorld => ({ slot: 0, layout: 'l', tables: [persistence.createColumnTable('Gold', [{ name: 'gold', kind: 'u32' }], 10)] });
function apply(world: ColumnWorld, { sequence, payload }: LogRecord): void {
  world.slot = sequence;
  world.tables[0]!.data[0]![3] = Number(new TextDecoder().decode(payload)) as never;
  persistence.touch(world.tables[0]!, 3, sequence);
}

it('runs the example of JAVASCRIPT-WORLDS.md', async () => {
  const guide = readFileSync(join(import.meta.dirname, '../JAVASCRIPT-WORLDS.md'), 'utf8');
  const [, example] = /```ts\n([\s\S]*?)```/.exec(guide)!;
  const body = example!.replace(/^import .*$/gm, '').replace("console.log(again.slot === world.slot); // true", 'return { again, world };');
  const folder = await mkdtemp(join(tmpdir(), 'guide-'));
  const names = { ...persistence, ...fs, folder, world: emptyWorld(), emptyWorld, apply };
  const run = Object.getPrototypeOf(async () => undefined).constructor as new (...text: string[]) => (...values: unknown[]) => Promise<{ again: { world: ColumnWorld; slot: number }; world: ColumnWorld }>;
  const { again, world } = await new run(...Object.keys(names), body)(...Object.values(names));
  expect([again.slot, again.world.tables[0]!.data[0]![3]]).toEqual([1, 17]);
  expect(world.slot).toBe(1);
  await rm(folder, { recursive: true });
});
