import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { createKernel } from '../src/kernel.ts';
import { KERNEL_FORMAT } from '../src/take-over.ts';
import { arena } from './arena.ts';

const keys = (value: object) => Object.keys(value).sort().join(' ');

it('keeps state in the shape that upgrades of this format rely on: a change here is another KERNEL_FORMAT', () => {
  const kernel = createKernel(arena(), { layout: 'layout-1' });
  const { world, tables } = kernel;
  expect(KERNEL_FORMAT).toBe(2);
  expect(keys(kernel)).toBe(
    'accepts authorities build chunks code counters digest digestSlot environment fence filled held id lastError operations owner '
    + 'phase release role seed shard slot staged started successor tables timestamp upgrade world',
  );
  expect(keys(kernel.counters)).toBe('applied duplicates errors forwarded ok operations refused sent');
  expect(keys(kernel.held)).toBe('bytes head known tail texts');
  expect(keys(kernel.operations)).toBe('ids known next');
  expect(keys(tables)).toBe('gaps links outgoing recent self senders');
  expect(keys(world)).toBe('byName entities free log logCount logging rngLogged slot state tables');
  expect(keys(tables.self)).toBe(
    'columns count data finderCount finders hashA hashB index keyed max min name rowOf stamps world',
  );
  const columns = world.tables.filter(({ name }) => name.startsWith('$'))
    .map((table) => `${table.name} ${table.columns.map(({ name, kind }) => `${name}:${kind}`).join(' ')}`);
  expect(columns).toEqual([
    '$world time:i53 tick:i53 alive:u32 rng#0:u32 rng#1:u32 rng#2:u32 rng#3:u32', '$entities generation:u16 alive:bool', '$free index:u32',
    '$kernel lineage:str ring:i53', '$senders key:str high:i53 floor:i53 applied:i53', '$gaps sender:i53 from:i53 to:i53',
    '$recent id:str', '$links process:str name:str target:bool', '$outgoing target:str seq:i53',
  ]);
});

/** Fields of an interface in the order of its source. */
function fieldsOf(file: string, name: string): string {
  const source = readFileSync(new URL(file, import.meta.url), 'utf8');
  const body = new RegExp(`@short[^{]*interface ${name} \\{\n(.*?)\n\\}`, 's').exec(source)?.[1] ?? '';
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)].map(([, field]) => field).join(' ');
}

it.each([
  ['../src/kernel.ts', 'Kernel', 'role build world tables started id owner authorities environment release shard seed phase filled fence successor accepts held '
    + 'operations staged upgrade code slot timestamp chunks digest digestSlot lastError counters'],
  ['../src/kernel.ts', 'Staged', 'world tables'],
  ['../src/held.ts', 'Held', 'head tail bytes known texts'],
  ['../src/operation-log.ts', 'OperationLog', 'ids known next'],
  ['../src/tables.ts', 'KernelTables', 'self senders gaps recent links outgoing'],
  ['../../ecs/src/world.ts', 'World', 'tables byName state entities free slot logging rngLogged log logCount'],
  ['../../ecs/src/table.ts', 'Table', 'world index name columns data count stamps hashA hashB min max keyed rowOf finders finderCount'],
  ['../../ecs/src/component.ts', 'Column', 'name kind'],
  ['../../ecs/src/finder.ts', 'Finder', 'first many'],
])('%s: the fields of %s stand where bundles of this format know them: by position', (file, name, fields) => {
  expect(fieldsOf(file, name)).toBe(fields);
});
