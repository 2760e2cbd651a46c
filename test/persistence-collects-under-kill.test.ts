import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from '@jest/globals';
import { formatRef, prune, readImage, verifyStores } from '@beamline/persistence';
import { createFsStore } from '@beamline/persistence/fs';

// Takes snapshots and prunes for ever, in one store; prints each snapshot once it is acknowledged.
const PROGRAM = `
  import { formatRef, prune, writeImage } from '@beamline/persistence';
  import { createFsStore } from '@beamline/persistence/fs';
  const [root, first] = process.argv.slice(-2);
  process.stdin.on('end', () => process.exit(0)).resume();
  const write = async (slot) => {
    const tables = ['Score', 'Bag'].map((name, n) => ({ name, columns: [{ name: '$entity', kind: 'eid' }], rows: 3, data: [[1, n === 0 ? slot : 2, 3]], stamps: [slot] }));
    const { ref } = await writeImage({ store: createFsStore({ root }), image: { slot, layout: 'l', tables }, game: 'g', role: 'r', process: 'p'.repeat(43) });
    console.log(formatRef(ref));
  };
  const breathe = () => new Promise((resolve) => setImmediate(resolve));
  const collect = async () => { for (;; await breathe()) await prune({ store: createFsStore({ root }), policy: { last: 3 }, now: Date.now(), graceMs: 0, writerTimeoutMs: 0 }).catch(() => undefined); };
  void collect();
  for (let slot = Number(first); ; slot += 1) await write(slot).catch((error) => { if (error.code !== 'persistence/incomplete') throw error; });
`;

it('killed while it writes and collects, at many moments, loses no snapshot it acknowledged and has not dropped', async () => {
  const root = await mkdtemp(join(tmpdir(), 'killed-'));
  const acknowledged: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    const child = spawn(process.execPath, ['--conditions=@beamline/source', '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', PROGRAM, root, String(acknowledged.length + 1)], { stdio: ['pipe', 'pipe', 'inherit'], cwd: import.meta.dirname });
    const stuck = setTimeout(() => child.kill('SIGKILL'), 20_000);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let toGo = 3 + round * 2;
    createInterface({ input: child.stdout }).on('line', (line) => {
      acknowledged.push(line);
      if ((toGo -= 1) === 0) child.kill('SIGKILL');
    });
    await ended;
    clearTimeout(stuck);

    const store = createFsStore({ root });
    const listed: string[] = [];
    for await (const ref of store.list()) {
      listed.push(formatRef(ref));
      expect((await readImage(store, ref)).tables[0]!.data[0]![1]).toBe(ref.slot);
    }
    expect(await verifyStores({ stores: [{ name: 'it', store }], full: true })).toMatchObject({ damage: [], unreachable: [] });
    expect(listed).toContain(acknowledged.at(-1));
  }
  await prune({ store: createFsStore({ root }), policy: { last: 1 }, now: Date.now() + 1e9, graceMs: 0 });
  const left: string[] = [];
  for await (const ref of createFsStore({ root }).list()) left.push(formatRef(ref));
  expect(left).toHaveLength(1);
  await rm(root, { recursive: true });
}, 120_000);
