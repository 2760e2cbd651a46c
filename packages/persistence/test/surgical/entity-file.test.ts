import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isFault } from '@beamline/core';
import { canonicalJson } from '@beamline/ecs';
import { decodeEntityFile, type EntityFile } from '../../src/index.ts';
import { encodeEntityFile } from '../../src/surgical/entity-file-codec.ts';
import { exported, guildWorld, imageOf } from './guild-world.ts';

const { bytes, file } = exported(imageOf(guildWorld()), { with: ['Player'] });

const faultOf = (damaged: Uint8Array): string => {
  try {
    decodeEntityFile(damaged);
    return 'read';
  } catch (error) {
    return isFault(error) ? error.code : String(error);
  }
};

/** A file somebody wrote to deceive: its hash is right. */
function forged(change: (header: Record<string, unknown> & { tables: { name: string; rows: number; pages: number[] }[] }) => void): Uint8Array {
  const body = Buffer.from(bytes.subarray(0, -32));
  const length = body.readUInt32LE(6);
  const header = JSON.parse(body.toString('utf8', 10, 10 + length));
  change(header);
  const text = Buffer.from(canonicalJson(header));
  const head = Buffer.from(body.subarray(0, 10));
  head.writeUInt32LE(text.length, 6);
  return sealed(Buffer.concat([head, text, body.subarray(10 + length)]));
}
const sealed = (body: Uint8Array): Uint8Array => Buffer.concat([body, createHash('sha256').update(body).digest()]);

/** One whose pages contradict each other. */
const contradicting = (change: Partial<EntityFile>): string => faultOf(encodeEntityFile({ ...file, ...change }).bytes);

describe('a file of entities', () => {
  it('is refused when it contradicts itself, though its root is right', () => {
    const [first, ...others] = file.entities as [number, ...number[]];
    expect(contradicting({})).toBe('read');
    expect(contradicting({ entities: [...file.entities, first] })).toBe('persistence/export-damaged');
    expect(contradicting({ entities: others })).toBe('persistence/export-damaged');
    expect(contradicting({ entities: [...file.entities, 0] })).toBe('persistence/export-damaged');
    expect(contradicting({ outside: [first] })).toBe('persistence/export-damaged');
    const [player] = file.tables;
    const twice = { ...player!, rows: player!.rows + 1, data: player!.data.map((cells) => [...cells, cells[0]!]) };
    expect(contradicting({ tables: [twice, ...file.tables.slice(1)] })).toBe('persistence/export-damaged');
  });

  it('is refused with any of its bytes changed', () => {
    const outcomes = new Set<string>();
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = new Uint8Array(bytes);
      damaged[at]! ^= 1 << at % 8;
      outcomes.add(faultOf(damaged));
    }
    expect([...outcomes].sort()).toEqual(['persistence/export-damaged', 'persistence/export-version']);
  });

  it('is refused with any part of its end missing, and with something behind it', () => {
    for (let length = 0; length < bytes.length; length += 1) expect(faultOf(bytes.subarray(0, length))).toBe('persistence/export-damaged');
    expect(faultOf(Buffer.concat([bytes, Buffer.of(0)]))).toBe('persistence/export-damaged');
  });

  it.each<[string, Parameters<typeof forged>[0]]>([
    ['another root', (header) => { header['root'] = '0'.repeat(64); }],
    ['a page of an impossible size', (header) => { header.tables[0]!.pages = [-4]; }],
    ['a page of a terrible size', (header) => { header.tables[0]!.pages = [2 ** 40]; }],
    ['more rows than its pages', (header) => { header.tables[0]!.rows = 900; }],
    ['a table less', (header) => { header.tables.pop(); }],
    ['a table of another name', (header) => { header.tables[0]!.name = 'Pirate'; }],
    ['no layout', (header) => { delete header['layout']; }],
    ['a slot that is none', (header) => { header['slot'] = 'now'; }],
    ['no game', (header) => { delete header['game']; }],
  ])('is refused with %s, though its hash is right', (_, change) => {
    expect(faultOf(forged(change))).toBe('persistence/export-damaged');
  });

  it('is refused with a header that is no JSON, or longer than the file', () => {
    const body = Buffer.from(bytes.subarray(0, -32));
    const broken = Buffer.from(body);
    broken[10] = 0x21;
    expect(faultOf(sealed(broken))).toBe('persistence/export-damaged');
    const long = Buffer.from(body);
    long.writeUInt32LE(0x7fffffff, 6);
    expect(faultOf(sealed(long))).toBe('persistence/export-damaged');
  });

  it('has an id that says what it holds', () => {
    expect(decodeEntityFile(bytes).id).toBe(file.id);
    expect(exported(imageOf(guildWorld(), 11), { with: ['Player'] }).file.id).not.toBe(file.id);
    expect(decodeEntityFile(forged((header) => { header['process'] = 'q'; })).id).not.toBe(file.id);
  });
});
