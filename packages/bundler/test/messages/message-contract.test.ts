import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { buildRole, type MessageContract } from '../../src/index.ts';
import { mergeTaken } from '../../src/messages/message-contract.ts';

let root: string;
beforeEach(async () => { root = await mkdtemp(join(tmpdir(), 'messages-')); });
afterEach(() => rm(root, { recursive: true }));

async function contractOf(files: Record<string, string>, entry = 'role.ts'): Promise<MessageContract> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
  return (await buildRole({ role: 'r', entry, root, target: 'lua', lint: 'off' })).messages!;
}

it('finds what a TypeScript role sends and takes, in literals and types, through helpers, factories, imports and spreads', async () => {
  const contract = await contractOf({
    'helpers.ts': `
      import { intTag as whole, send, textTag, type Message } from '@beamline/kernel';
      const LIMIT = 8;
      export const award = (who: string, n: number, open: boolean) => {
        send({ to: 'world', action: open ? 'Award' : 'Fine', tags: { player: who, n, rank: 'gold', why: open ? 'won' : 'lost' } });
      };
      export const unused = () => send({ to: 'world', action: 'Never' });
      export const amount = (message: Message) => whole(message, 'n', 0, LIMIT - 1);
      export const named = (extra: (message: Message) => number) => (_: unknown, message: Message) => {
        award(textTag(message, 'name', 64), extra(message), true);
        if (message.data !== '') textTag(message, 'note', 200);
        return message.data === 'x' ? \`\${amount(message)}\` : 'ok';
      };`,
    'role.ts': `
      import { component, u32, type World } from '@beamline/ecs';
      import { defineRole, send, intTag, type Message } from '@beamline/kernel';
      import { named } from './helpers.ts';
      const shared = { Ping: () => 'pong' };
      export default defineRole({
        name: 'r', components: [component('C', { n: u32 })],
        actions: {
          ...shared,
          Name: named((message: Message) => intTag(message, 'size', 1, 9)),
          Tell(_: World, message: Message) {
            const tags: Record<string, string> = { a: 'b' };
            send({ to: message.from, action: 'Told', tags });
            send({ to: 'market', action: message.action, tags: { ...tags, fee: 3 } });
            send({ to: \`battle-\${message.slot % 2}\`, action: 'Start' });
            send({ to: 'battle-' + message.data, action: 'Stop' });
            return 'ok';
          },
        },
      });`,
  });
  expect(contract.takes).toEqual({
    Name: [
      { name: 'n', kind: 'number', min: 0, max: 7, required: false }, { name: 'name', kind: 'text', maxLength: 64, required: true },
      { name: 'note', kind: 'text', maxLength: 200, required: false }, { name: 'size', kind: 'number', min: 1, max: 9, required: true },
    ],
    Ping: [], Tell: [],
  });
  const tags = { player: { kind: 'text' }, n: { kind: 'number' }, rank: { kind: 'text', values: ['gold'] }, why: { kind: 'text', values: expect.arrayContaining(['won', 'lost']) } };
  expect(contract.sends).toEqual([
    { to: 'world', action: 'Award', tags }, { to: 'world', action: 'Fine', tags },
    { action: 'Told', tags: {}, open: true },
    { to: 'market', tags: { fee: { kind: 'number', values: [3] } }, open: true },
    { to: 'battle-*', action: 'Start', tags: {} }, { to: 'battle-*', action: 'Stop', tags: {} },
  ]);
}, 60_000);

it('follows the kernel\'s functions through barrels and namespaces, in modules far from the role', async () => {
  const { takes, sends } = await contractOf({
    'kit.ts': "export * as kernel from '@beamline/kernel';\nexport { intTag as whole, send as post } from '@beamline/kernel';\n",
    'deep.ts': "import { kernel, post, whole } from './kit.ts';\nimport type { Message } from '@beamline/kernel';\nexport const deep = (message: Message) => { post({ to: 'world', action: 'Deep', tags: {} }); return `${whole(message, 'n', 0, 3)}${kernel.textTag(message, 'word', 9)}`; };\n",
    'middle.ts': "import { deep } from './deep.ts';\nimport type { Message } from '@beamline/kernel';\nexport const middle = (message: Message) => deep(message);\n",
    'role.ts': "import { defineRole } from '@beamline/kernel';\nimport { middle } from './middle.ts';\nexport default defineRole({ name: 'r', components: [], actions: { Go: (_world, message) => middle(message) } });\n",
  });
  expect(takes).toEqual({ Go: [{ name: 'n', kind: 'number', min: 0, max: 3, required: true }, { name: 'word', kind: 'text', maxLength: 9, required: true }] });
  expect(sends).toEqual([{ to: 'world', action: 'Deep', tags: {} }]);
});

it('finds the same of a role in Lua, where only literals have a kind', async () => {
  const contract = await contractOf({
    'role.lua': `
      local ecs = require("@beamline/ecs")
      local kernel = require("@beamline/kernel")
      local send, LIMIT = kernel.send, 7
      local function tell(world, message)
        local name = kernel.textTag(message, "name", 64)
        if name == "x" then kernel.intTag(message, "n", 0, LIMIT) end
        send({ to = "world", action = "Told", tags = { name = name, n = 3, rank = "gold" } })
        kernel.send({ to = message.from, action = "Back", tags = { [name] = "1" } })
        kernel.send({ to = "battle-" .. message.slot, action = "Start" })
        return "ok"
      end
      return kernel.defineRole({ name = "r", components = { ecs.component("C", { n = ecs.u32 }) }, actions = { Tell = tell } })`,
  }, 'role.lua');
  expect(contract).toEqual({
    sends: [
      { to: 'world', action: 'Told', tags: { name: { kind: 'unknown' }, n: { kind: 'number', values: [3] }, rank: { kind: 'text', values: ['gold'] } } },
      { action: 'Back', tags: {}, open: true },
      { to: 'battle-*', action: 'Start', tags: {} },
    ],
    takes: { Tell: [{ name: 'n', kind: 'number', min: 0, max: 7, required: false }, { name: 'name', kind: 'text', maxLength: 64, required: true }] },
  });
}, 60_000);

it('is as demanding as the most demanding reading of a tag', () => {
  expect(mergeTaken([{ name: 'a', kind: 'text', required: false }, { name: 'a', kind: 'number', min: 1, required: true }, { name: 'a', kind: 'text', required: false }]))
    .toEqual([{ name: 'a', kind: 'number', min: 1, required: true }]);
});
