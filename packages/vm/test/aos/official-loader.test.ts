import { expect, it } from '@jest/globals';
import { createAosVm, type AosMessage } from '@beamline/vm';
import { environment, evaluate, message, spawned, testAos } from './test-aos.ts';

type Handle = (memory: ArrayBuffer | null, message: AosMessage, environment: object) => Promise<Record<string, unknown> & { Memory: ArrayBuffer }>;

const stranger = 's'.repeat(43);

const session: AosMessage[] = [
  spawned,
  evaluate(1, 'Balances = { alice = 100, bob = 7 } Handlers.add("Balance", function(m) Send({ Target = m.From, Action = "Balance-Notice", Data = tostring(Balances[m.Tags.Who]) }) end)'),
  message(2, { Action: 'Balance', Who: 'alice' }, '', stranger),
  evaluate(3, 'return math.random(1000000) .. ":" .. os.time()'),
  evaluate(4, 'Balances.alice = 0 error("half way")'),
  message(5, { Action: 'Balance', Who: 'bob' }, '', stranger),
  evaluate(6, 'return require("json").encode({ list = { 1, 2.5, "three" } }) .. #Inbox .. Balances.alice'),
  { ...message(7, { Action: 'Balance' }, '', stranger), Owner: 'q'.repeat(43) },
  evaluate(8, 'Spawn(ao._module, { Data = "1" }) local c = require(".crypto") return c.digest.sha2_256(c.utils.stream.fromString("x")).asHex()'),
  message(9, { Action: 'Nothing' }, 'for the inbox', stranger),
  evaluate(10, 'return Inbox[#Inbox].Data .. Owner'),
];

const { aos, bytes, missing } = await testAos();

// wasm32 only: the loader's own glue for wasm64 does not run on this Node.
it(missing ?? 'answers a session of aos as the official loader does, with the memory a compute unit keeps', async () => {
  if (missing !== undefined) return;
  const { default: load } = await import('@permaweb/ao-loader') as unknown as { default: (binary: Uint8Array, options: object) => Promise<Handle> };
  const handle = await load(bytes!, { format: 'wasm32-unknown-emscripten4', computeLimit: 9e12, memoryLimit: '1-gb' });
  const vm = await createAosVm({ aos: aos!, environment });
  let memory: ArrayBuffer | null = null;
  for (const given of session) {
    const theirs: Record<string, unknown> & { Memory: ArrayBuffer } = await handle(memory, structuredClone(given), structuredClone(environment));
    // What ended in an error leaves the memory from before it in force.
    if (theirs['Error'] === undefined) memory = theirs.Memory;
    const ours = await vm.handle(given);
    expect(ours.ok).toBe(given.Nonce !== 4);
    if (!ours.ok) expect(ours.message).toBe(theirs['Error']);
    else for (const part of ['Output', 'Messages', 'Spawns', 'Assignments'] as const) expect(canonical(ours.result[part])).toEqual(canonical(theirs[part]));
  }
  await vm.close();
});

/** Keys and tags of a message come from Lua tables, in no order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, canonical(inner)]));
}
