import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EditOutcome, ImportPlan, WorldChange, Worlds } from '@beamline/stack';
import { setup } from './setup.ts';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'data-')); });
afterAll(() => rm(folder, { recursive: true }));

/** A command line over worlds of given answers; every call is kept. */
function over(answers: Partial<Worlds>) {
  const asked: unknown[][] = [];
  const worlds = new Proxy({} as Worlds, {
    get: (_, key: keyof Worlds) => (...given: unknown[]) => {
      asked.push([key, ...given.filter((one) => !(one instanceof AbortSignal) && !(one instanceof Uint8Array))]);
      return (answers[key] as (...each: unknown[]) => unknown)(...given);
    },
  });
  return { asked, ...setup({ worlds }) };
}

const changes: WorldChange[] = [
  { table: 'Hero', what: 'changed', entity: 7, fields: { hp: { from: 3, to: 9 } } },
  { table: 'Hero', what: 'added', entity: 8, fields: { name: { to: 'ada' } } },
  { table: '$senders', what: 'removed', row: 4, fields: { key: { from: 'x' } } },
];
const diffing = (list: WorldChange[] = changes): Partial<Worlds> => ({
  diff: async () => ({ summary: { Hero: { added: 1, removed: 0, changed: 1, pages: { differing: 1, equal: 9 } } }, changes: (async function* () { yield* list; })() }),
});

describe('diff', () => {
  it('shows what differs by entity and field, and how little was read', async () => {
    const { asked, out, run } = over(diffing());
    expect(await run('diff', 'local', 'world-0', '@10', 'now', '--table', 'Hero', '--table', '$senders', '--entity', '7')).toBe(0);
    expect(asked).toEqual([['diff', 'world-0', { from: '@10', to: 'now', entity: 7, tables: ['Hero', '$senders'] }]]);
    for (const line of ['Hero       1        0        1           1            9', '~ Hero 7 hp 3 → 9', '+ Hero 8 name "ada"', '- $senders row 4 key "x"']) expect(out.join('\n')).toContain(line);
  });

  it('gives programs the summary and as many changes as they ask for', async () => {
    const { json, run } = over(diffing());
    await run('diff', 'local', 'world-0', '@10', 'now', '--limit', '1', '--json');
    expect(json()).toMatchObject({ count: 3, changes: [changes[0]], summary: { Hero: { changed: 1 } } });
  });

  it('writes all of them to a file, one a line, never over another', async () => {
    const { err, run } = over(diffing());
    const out = join(folder, 'diff.jsonl');
    expect(await run('diff', 'local', 'world-0', '@10', 'now', '--limit', '0', '--out', out)).toBe(0);
    expect((await readFile(out, 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as WorldChange)).toEqual(changes);
    expect(await run('diff', 'local', 'world-0', '@10', 'now', '--out', out)).toBe(1);
    expect(err.join('\n')).toContain('cli/file-exists');
  });

  it('says when nothing differs', async () => {
    const { out, run } = over(diffing([]));
    await run('diff', 'local', 'world-0', '@10', '@10');
    expect(out).toEqual(['nothing differs']);
  });
});

describe('world', () => {
  const report = { instance: 'world-0', process: 'p', slot: 12, root: 'ab', layout: 'l', entities: 3, rows: { Hero: 2 }, replayed: 4 };

  it('shows a world at a moment, and an entity in it', async () => {
    const { asked, out, run } = over({ report: async () => ({ ...report, entity: { Hero: { hp: 3 } } }) });
    expect(await run('world', 'local', 'world-0', '--at', '-15m', '--entity', '7')).toBe(0);
    expect(asked).toEqual([['report', 'world-0', '-15m', 7]]);
    expect(out.join('\n')).toContain('after slot 12: 3 entities, root ab, 4 slots computed');
    expect(out.join('\n')).toContain('"hp": 3');
  });

  it('fails for an entity that was not there', async () => {
    const { out, run } = over({ report: async () => report });
    expect(await run('world', 'local', 'world-0', '--entity', '7')).toBe(1);
    expect(out.join('\n')).toContain('entity 7 is not alive');
    expect(await run('world', 'local', 'world-0', '--entity', 'ada')).toBe(2);
  });
});

describe('export', () => {
  it('reads the selection from flags', async () => {
    const { asked, json, run } = over({ export: async () => ({ bytes: Uint8Array.of(1, 2), id: 'f', slot: 3, entities: 2, outside: 1, rows: { Hero: 1 } }) });
    const out = join(folder, 'ada.entities');
    expect(await run('export', 'local', 'world-0', '--where', 'Hero.name=a.b=c', '--where', 'Pos.x=-5..', '--with', 'Bag', '--entity', '7', '--depth', '2', '--stop', 'Guild', '--at', '@9', '--out', out, '--json')).toBe(0);
    expect(asked).toEqual([['export', 'world-0', {
      at: '@9', follow: { depth: 2, stop: ['Guild'] },
      selection: { entities: [7], with: ['Bag'], where: [{ component: 'Hero', field: 'name', is: 'a.b=c' }, { component: 'Pos', field: 'x', min: -5 }] },
    }]]);
    expect(json()).toEqual({ file: out, bytes: 2, id: 'f', slot: 3, entities: 2, outside: 1, rows: { Hero: 1 } });
    expect([...await readFile(out)]).toEqual([1, 2]);
  });

  it.each([['--where', 'Hero'], ['--where', 'Hero.name'], ['--depth', 'deep'], ['--entity', '-4']])('refuses %s %s before anything happens', async (...flags) => {
    const { asked, run } = over({});
    expect(await run('export', 'local', 'world-0', '--out', join(folder, 'never'), ...flags)).toBe(2);
    expect(asked).toEqual([]);
  });

  it('refuses to guess where to', async () => {
    expect(await over({}).run('export', 'local', 'world-0', '--with', 'Hero')).toBe(2);
  });
});

describe('import', () => {
  const plan: ImportPlan = { version: 1, file: 'f', done: false, fits: true, handles: [[7, 9]], counts: { added: 1, kept: 0, replaced: 0 }, rows: { Hero: 1 }, migrations: ['grown: adds Hero.hp'], conflicts: [], cleared: 2 };
  const file = async (): Promise<string> => {
    const path = join(folder, 'some.entities');
    await writeFile(path, 'x');
    return path;
  };
  const edited = { changed: true, fence: 5, digest: '1-2', pagesInPause: 1, pauseMs: 31 };
  const answers = (outcome: EditOutcome<ImportPlan>): Partial<Worlds> => ({ import: async () => outcome });

  it('passes on what to do about conflicts, and says how long players waited', async () => {
    const { asked, out, run } = over(answers({ plan, edited, before: 'p@4:ab' }));
    expect(await run('import', 'local', 'world-0', await file(), '--key', 'Hero.name', '--on-conflict', 'keep', '--on-dangling', 'zero')).toBe(0);
    expect(asked[0]).toEqual(['import', 'world-0', { keys: ['Hero.name'], onConflict: 'keep', onDangling: 'zero', preview: false }]);
    for (const line of ['1 entities are added, 0 kept, 0 replaced', 'migration grown: adds Hero.hp', '2 references to entities that were gone', 'writes waited 31 ms; the world before is p@4:ab']) expect(out.join('\n')).toContain(line);
  });

  it('fails on a preview with conflicts, and names them', async () => {
    const conflicts = [{ kind: 'key' as const, field: 'Hero.name', value: 'ada', entity: 7, holder: 3 }];
    const { asked, out, run } = over(answers({ plan: { ...plan, fits: false, conflicts } }));
    expect(await run('import', 'local', 'world-0', await file(), '--dry-run')).toBe(1);
    expect(asked[0]).toContainEqual({ preview: true });
    expect(out.join('\n')).toContain('key: Hero.name "ada" of entity 7 belongs to 3 here');
  });

  it('says when it was done before, and refuses what it does not know', async () => {
    const { out, run } = over(answers({ plan: { ...plan, done: true } }));
    expect(await run('import', 'local', 'world-0', await file())).toBe(0);
    expect(out).toEqual(['file f was imported before: nothing to do']);
    expect(await run('import', 'local', 'world-0', await file(), '--on-conflict', 'merge')).toBe(2);
    expect(await run('import', 'local', 'world-0', join(folder, 'nowhere'))).toBe(1);
  });
});

describe('restore of some entities', () => {
  const plan = { slot: 9, entities: [{ entity: 7, handle: 8, state: 'revived' as const, fields: [{ component: 'Hero', field: 'hp', to: 5 }] }], left: [3], relinked: 1, cleared: 0 };

  it('previews what would change', async () => {
    const { asked, out, run } = over({ restore: async () => ({ plan }) });
    expect(await run('restore', 'local', 'world-0', '--where', 'Hero.name=ada', '--at', '@9', '--depth', '1', '--dry-run')).toBe(0);
    expect(asked).toEqual([['restore', 'world-0', { at: '@9', preview: true, follow: { depth: 1 }, selection: { where: [{ component: 'Hero', field: 'name', is: 'ada' }] } }]]);
    for (const line of ['1 entities come back as of slot 9; 1 that they refer to', '7 → 8 revived', 'Hero.hp (none) → 5', '1 references are set anew']) expect(out.join('\n')).toContain(line);
  });

  it('needs a moment, and its flags need entities', async () => {
    const { asked, run } = over({});
    expect(await run('restore', 'local', 'world-0', '--entity', '7')).toBe(2);
    expect(await run('restore', 'local', 'world-0', '--dry-run')).toBe(2);
    expect(asked).toEqual([]);
  });
});
