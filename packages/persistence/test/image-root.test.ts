import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { add, begin, commit, imageDigest as imageDigestInside, query, set, worldDigest } from '@beamline/ecs';
import { imageDigest, imageRoot, rootOf } from '../src/index.ts';
import { pagesOf } from '../src/world-image.ts';
import { Account, Position, imageOfWorld, loadImage, sampleWorld } from './sample-world.ts';

const components = [Position, Account];
const sha = (...parts: (string | Uint8Array | number[])[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(Array.isArray(part) ? Uint8Array.from(part) : part);
  return hash.digest();
};

describe('the digest of an image', () => {
  it('is the one the process computes inside, and the one ecs computes outside', () => {
    const world = sampleWorld(undefined, 2500);
    const image = imageOfWorld(world, 1);
    expect(imageDigest(image)).toBe(worldDigest(world));
    expect(imageDigest(image)).toBe(imageDigestInside(image.tables.map((table) => ({ ...table, pages: pagesOf(table) }))));
  });

  it('stays when the image is loaded into a fresh world', () => {
    const image = imageOfWorld(sampleWorld(components), 1);
    expect(worldDigest(loadImage(image, components))).toBe(imageDigest(image));
  });
});

describe('the root of an image', () => {
  it('follows the formula written beside it', () => {
    const ids = ['a', 'b', 'c'].map((text) => sha(text));
    const tree = sha([2], sha([2], sha([1], ids[0]!), sha([1], ids[1]!)), sha([1], ids[2]!));
    const header = '["P",2500,[["$entity","eid"],["x","i32"]]]';
    const table = sha([3], [header.length, 0, 0, 0], header, tree);
    const emptyHeader = '["E",0,[]]';
    const empty = sha([3], [emptyHeader.length, 0, 0, 0], emptyHeader, sha([0]));
    const root = sha([4], [2, 0, 0, 0], sha([2], sha([1], empty), sha([1], table)));
    expect(rootOf([
      { name: 'P', columns: [{ name: '$entity', kind: 'eid' }, { name: 'x', kind: 'i32' }], rows: 2500, pages: ids.map((id) => id.toString('hex')) },
      { name: 'E', columns: [], rows: 0, pages: [] },
    ])).toBe(root.toString('hex'));
  });

  it('does not depend on slot, layout, stamps or the order of tables', () => {
    const image = imageOfWorld(sampleWorld(components), 1);
    const other = {
      slot: 9, layout: 'other',
      tables: [...image.tables].reverse().map((table) => ({ ...table, stamps: table.stamps.map(() => 5) })),
    };
    expect(imageRoot(other)).toBe(imageRoot(image));
  });

  it('changes with any cell, any row and any name', () => {
    const roots = [sampleWorld(components, 1100)];
    const moved = sampleWorld(components, 1100);
    begin(moved);
    const last = query(moved, [Position]).at(-1)!;
    set(moved, last, Position, 'x', 1);
    commit(moved);
    const richer = sampleWorld(components, 1100);
    begin(richer);
    add(richer, query(richer, [Position], [Account])[0]!, Account, { gold: 0 });
    commit(richer);
    roots.push(moved, richer);
    const images = roots.map((world) => imageOfWorld(world, 1));
    images.push({ ...images[0]!, tables: images[0]!.tables.map((table) => (table.name === 'Position' ? { ...table, name: 'Place' } : table)) });
    expect(new Set(images.map(imageRoot)).size).toBe(4);
    expect(new Set(images.map(imageDigest)).size).toBe(4);
  });
});
