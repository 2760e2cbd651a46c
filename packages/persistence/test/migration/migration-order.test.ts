import { describe, expect, it } from '@jest/globals';
import { u8 } from '@beamline/ecs';
import { addField, lockMigrations, migration, migrationHash, type Migration } from '../../src/index.ts';

const numbered = (id: number, field = `f${id}`): Migration => migration({ id, name: `m${id}`, from: { role: 'world' }, steps: [addField('C', field, u8, 0)] });
const codeOf = (code: string, words: string) => expect.objectContaining({ code, message: expect.stringContaining(words) as unknown as string }) as unknown as Error;

describe('a game’s migrations', () => {
  it('are remembered by number and hash', () => {
    const one = numbered(1);
    expect(lockMigrations([one])).toEqual([{ id: 1, name: 'm1', role: 'world', sha256: migrationHash(one) }]);
    expect(migrationHash(one)).not.toBe(migrationHash(numbered(1, 'other')));
  });

  it('grow: numbers may have gaps, never go back, never repeat', () => {
    expect(lockMigrations([numbered(1), numbered(4), numbered(9)])).toHaveLength(3);
    expect(() => lockMigrations([numbered(2), numbered(1)])).toThrow(codeOf('persistence/bad-migration', 'migration 1 (m1) stands behind 2'));
    expect(() => lockMigrations([numbered(2), numbered(2)])).toThrow(codeOf('persistence/bad-migration', 'stands behind 2'));
    for (const id of [0, -1, 1.5]) expect(() => lockMigrations([numbered(id)])).toThrow(codeOf('persistence/bad-migration', 'no number'));
    expect(() => lockMigrations([migration({ name: 'x', from: { role: 'r' }, steps: [] })])).toThrow(codeOf('persistence/bad-migration', 'migration x has no number'));
  });

  it('do not change once they were released, unless nothing has seen them', () => {
    const locked = lockMigrations([numbered(1), numbered(2)]);
    expect(() => lockMigrations([numbered(1, 'other'), numbered(2)], locked)).toThrow(codeOf('persistence/migration-changed', 'migration 1 (m1)'));
    expect(lockMigrations([numbered(1, 'other'), numbered(2)], locked, { accept: true })[0]!.sha256).toBe(migrationHash(numbered(1, 'other')));
  });

  it('come behind those released before', () => {
    const locked = lockMigrations([numbered(1), numbered(5)]);
    expect(() => lockMigrations([numbered(1), numbered(3), numbered(5)], locked)).toThrow(codeOf('persistence/bad-migration', 'migration 3 (m3) is new, and 5 was released before it'));
    expect(lockMigrations([numbered(1), numbered(5), numbered(6)], locked).map(({ id }) => id)).toEqual([1, 5, 6]);
  });

  it('stay remembered when they leave the list', () => {
    const locked = lockMigrations([numbered(1), numbered(2)]);
    const rest = lockMigrations([numbered(2)], locked);
    expect(rest.map(({ id }) => id)).toEqual([1, 2]);
    expect(() => lockMigrations([numbered(1, 'again'), numbered(2)], rest)).toThrow(codeOf('persistence/migration-changed', 'migration 1'));
  });
});
