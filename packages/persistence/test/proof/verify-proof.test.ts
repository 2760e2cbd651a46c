import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createMemoryStore, prove, readProofClaims, tableNamed, verifyProof, writeImage, type SnapshotRef, type SnapshotStore, type WorldImage } from '../../src/index.ts';
import { imageOfWorld, sampleWorld } from '../sample-world.ts';
import { createLuaVerifier, LUA_VERIFIER, type LuaVerifier } from './lua-verifier.ts';

const PROCESS = 'w'.repeat(43);
const ANCHOR = 'a'.repeat(43);
const store: SnapshotStore = createMemoryStore();
const large: WorldImage = imageOfWorld(sampleWorld(undefined, 9_000), 1204);
const small: WorldImage = imageOfWorld(sampleWorld(undefined, 20), 7);
const lua: Partial<Record<'lua@5.3a' | 'lua5.3', LuaVerifier>> = {};
let ref: SnapshotRef;
let root: string;
let tiny: SnapshotRef;

beforeAll(async () => {
  ({ ref, root } = await writeImage({ store, image: large, game: 'arena', role: 'world', process: PROCESS }));
  ({ ref: tiny } = await writeImage({ store, image: small, game: 'arena', role: 'world', process: PROCESS }));
  for (const profile of ['lua@5.3a', 'lua5.3'] as const) lua[profile] = await createLuaVerifier(profile);
});
afterAll(async () => {
  for (const verifier of Object.values(lua)) await verifier.close();
});

/** A row as the image has it. */
function rowOf(image: WorldImage, component: string, row: number) {
  const { columns, data } = tableNamed(image, component)!;
  const cells = Object.fromEntries(columns.map(({ name }, c) => [name, data[c]![row]!]));
  const { $entity, ...values } = cells;
  return { entity: Number($entity), values };
}

describe.each(['javascript', 'lua@5.3a', 'lua5.3'] as const)('a verifier in %s', (target) => {
  const verify = async (file: Uint8Array, expected: { root: string; slot?: number; process?: string }) => {
    if (target === 'javascript') return verifyProof(file, expected);
    const answer = await lua[target]!.verify(file, expected);
    if ('why' in answer) throw new Error(`not proved: ${String(answer['why'])}`);
    return answer;
  };

  it.each(['Position', 'Vitals', 'Bag', 'Account'])('confirms what any entity held in %s, on every page', async (component) => {
    const { rows } = tableNamed(large, component)!;
    for (const row of new Set([0, 1023, 1024, rows - 1].filter((each) => each < rows))) {
      const { entity, values } = rowOf(large, component, row);
      const { file } = await prove({ store, ref, entity, component, anchor: ANCHOR });
      expect(await verify(file, { root, slot: 1204, process: PROCESS })).toEqual({ root, process: PROCESS, slot: 1204, anchor: ANCHOR, entity, component, values });
    }
  });

  it('refuses another root, slot, process', async () => {
    const { entity } = rowOf(large, 'Position', 5);
    const { file } = await prove({ store, ref, entity, component: 'Position' });
    await expect(verify(file, { root: root.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) })).rejects.toThrow('the root is another');
    await expect(verify(file, { root, slot: 1205 })).rejects.toThrow(/slot is another/);
    await expect(verify(file, { root, process: 'x'.repeat(43) })).rejects.toThrow(/process is another/);
  });

  it('refuses a cut file, an empty one, and a version of the future', async () => {
    const { file, root: tinyRoot } = await prove({ store, ref: tiny, entity: rowOf(small, 'Bag', 1).entity, component: 'Bag' });
    for (let length = 0; length < file.length; length += 7) await expect(verify(file.subarray(0, length), { root: tinyRoot })).rejects.toThrow('not proved');
    const future = resealed(file, (bytes) => { bytes[4] = 2; });
    await expect(verify(future, { root: tinyRoot })).rejects.toThrow('not proved');
  });
});

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

/** The file changed, with a checksum that fits again: what somebody does who wants to deceive. */
function resealed(file: Uint8Array, change: (bytes: Uint8Array) => void): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset);
  const header = 5 + 1 + file[5]! + 1 + file[6 + file[5]!]! + 8 + 32 + 4 + 4 + 4;
  let end = header + 4 + view.getUint32(header, true) + 4;
  for (let paths = 0; paths < 2; paths += 1) end += 1 + 32 * file[end]!;
  const copy = file.slice();
  change(copy);
  copy.set(createHash('sha256').update(copy.subarray(0, end)).digest(), end);
  return copy;
}

describe('a changed proof', () => {
  const subject = async () => {
    const { entity } = rowOf(small, 'Bag', 2);
    return { entity, ...(await prove({ store, ref: tiny, entity, component: 'Bag', anchor: ANCHOR })) };
  };

  it('is refused whichever single bit changed', async () => {
    const { file, root: expected } = await subject();
    await verifyProof(file, { root: expected });
    for (let bit = 0; bit < file.length * 8; bit += 1) {
      const other = file.slice();
      other[bit >> 3]! ^= 1 << (bit & 7);
      if (await verifyProof(other, { root: expected }, sha256).then(() => true, () => false)) throw new Error(`bit ${bit} was changed`);
    }
  });

  it('is refused in Lua whichever byte changed', async () => {
    const { file, root: expected } = await subject();
    expect(await lua['lua@5.3a']!.flips(file, { root: expected })).toBe(0);
  });

  it('is refused or claims nothing else when its checksum was made to fit', async () => {
    const { file, root: expected, entity } = await subject();
    const anchored = { root: expected, process: PROCESS, slot: 7, anchor: ANCHOR };
    const claims = new Set<number>();
    for (let bit = 0; bit < file.length * 8; bit += 3) {
      const other = resealed(file, (bytes) => { bytes[bit >> 3]! ^= 1 << (bit & 7); });
      // The page proves all its rows: whoever changes the entity makes the proof of another row, and a true one.
      const proved = await verifyProof(other, anchored, sha256).catch(() => undefined);
      if (proved !== undefined) claims.add(proved.entity);
      if (proved !== undefined) expect(proved.values).toEqual(rowWith(small, 'Bag', proved.entity));
      if (bit % 51 === 0) expect('why' in (await lua['lua@5.3a']!.verify(other, { ...anchored }))).toBe(proved === undefined);
    }
    claims.delete(entity);
    expect(claims.size).toBeGreaterThan(0);
  });
});

function rowWith(image: WorldImage, component: string, entity: number) {
  return rowOf(image, component, tableNamed(image, component)!.data[0]!.indexOf(entity)).values;
}

describe('the verifiers', () => {
  it('have at most 60 lines each', async () => {
    const source = await readFile(new URL('../../src/proof/verify-proof.ts', import.meta.url), 'utf8');
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
    expect(LUA_VERIFIER.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  });

  it('need nothing but SHA-256: the JavaScript one runs where there is no Node, and with a hash it is given', async () => {
    const source = await readFile(new URL('../../src/proof/verify-proof.ts', import.meta.url), 'utf8');
    const script = stripTypeScriptTypes(source).replaceAll('export ', '');
    const { entity, values } = rowOf(large, 'Vitals', 3);
    const { file } = await prove({ store, ref, entity, component: 'Vitals' });
    const browser = runInNewContext(`${script}\nverifyProof`, { TextDecoder, crypto: { subtle: crypto.subtle } }) as typeof verifyProof;
    expect(JSON.parse(JSON.stringify((await browser(file, { root })).values))).toEqual(values);
    const bare = runInNewContext(`${script}\nverifyProof`, { TextDecoder }) as typeof verifyProof;
    expect((await bare(file, { root }, sha256)).component).toBe('Vitals');
  });
});

it('a proof of version 1 stays readable', async () => {
  const file = new Uint8Array(await readFile(new URL('../fixtures/purse-1.proof', import.meta.url)));
  const proved = {
    root: 'd0cf0436644284f5ed54b0af3524f83c8b2bc9dc770ab2751151de5fae590a3c', process: 'w'.repeat(43), slot: 1204, anchor: 'a'.repeat(43),
    entity: 1_048_579, component: 'Purse', values: { gold: -4_503_599_627_370_496, debt: -300, owner: 'Bö „b"' },
  };
  expect(await verifyProof(file, { root: proved.root })).toEqual(proved);
  for (const verifier of Object.values(lua)) expect(await verifier.verify(file, { root: proved.root })).toEqual(proved);
  const { component: _c, values: _v, ...claims } = proved;
  expect(readProofClaims(file)).toEqual(claims);
  expect(() => readProofClaims(file.subarray(0, 90))).toThrow(expect.objectContaining({ code: 'persistence/not-a-proof' }));
  expect(() => readProofClaims(new TextEncoder().encode('{"proof":1}'))).toThrow(expect.objectContaining({ code: 'persistence/not-a-proof' }));
});

describe('proving', () => {
  it('names what is not there', async () => {
    await expect(prove({ store, ref, entity: 4_000_000_000, component: 'Bag' })).rejects.toMatchObject({ code: 'persistence/no-such-entity', details: { entity: 4_000_000_000 } });
    for (const component of ['Bags', '$world', '$senders']) {
      await expect(prove({ store, ref, entity: 1, component })).rejects.toMatchObject({
        code: 'persistence/no-such-component', hint: expect.stringContaining('Position, Vitals, Bag, Account') as unknown as string,
      });
    }
  });

  it('adds a few hundred bytes to the page', async () => {
    const { entity } = rowOf(large, 'Position', 3_000);
    const { file, pageBytes } = await prove({ store, ref, entity, component: 'Position', anchor: ANCHOR });
    expect(file.length - pageBytes).toBeLessThan(700);
  });
});
