import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { component, i32, layoutOf, str, u16, u8 } from '@beamline/ecs';
import { defineRole } from '@beamline/kernel';
import { layoutHash } from '@beamline/ecs';
import { testId } from '@beamline/kernel/testing';
import { expect, it } from '@jest/globals';
import * as fs from '../src/fs.ts';
import * as persistence from '../src/index.ts';
import { createKernelNode } from './kernel-node.ts';
import { Rock } from './roles/world-v1.ts';
import { hashV1, layoutV1, v1 } from './sample-role.ts';

it('shows an example that prints what it says', async () => {
  const Player = component('Player', { address: str, x: i32, hp: u16, armour: u8 });
  const newLayout = layoutOf([Rock, Player]);
  const armoured = defineRole({ name: 'world', components: [Rock, Player], systems: [], tick: 'every-message', actions: {} });
  const node = createKernelNode();
  const folder = await mkdtemp(join(tmpdir(), 'readme-'));
  const blue = node.spawn(v1, { name: 'blue', layout: hashV1 });
  const green = node.spawn(armoured, { name: 'green', layout: layoutHash(newLayout), phase: 'standby' });
  const given = {
    folder, blue, green, u8, newLayout, oldLayout: layoutV1, clock: node.clock, operator: node.operator,
    play: () => node.say(blue, testId('alice'), { action: 'Join' }),
  };

  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, source] = /```ts\n([\s\S]*?)```/.exec(readme)!;
  const expected = [...source!.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
  const body = stripTypeScriptTypes(source!).replaceAll(/^import (\{.*\}) from '@beamline\/persistence(\/fs)?';$/gm, 'const $1 = library;');
  const printed: string[] = [];
  const run = new Function('library', 'console', ...Object.keys(given), `return (async () => { ${body} })();`) as (...values: unknown[]) => Promise<void>;
  await run({ ...persistence, ...fs }, { log: (...values: unknown[]) => printed.push(values.join(' ')) }, ...Object.values(given));
  await rm(folder, { recursive: true });
  expect(printed).toEqual(expected);
  expect(printed).toHaveLength(3);
  expect(source!.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
});
