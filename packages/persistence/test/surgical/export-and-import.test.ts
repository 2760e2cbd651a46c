import { describe, expect, it } from '@jest/globals';
import { component, find, get, has, isAlive, layoutOf, query, removeEntity, begin, commit, set, entityCount, u16, u32, eid } from '@beamline/ecs';
import { addField, decodeEntityFile, imageRoot, importEntities, migrateImage, migration, planImport, widen, type EntityFile, type ImportConflict } from '../../src/index.ts';
import { Bag, exported, Guild, guildWorld, imageOf, Item, layout, lives, Player, Position, target } from './guild-world.ts';

const home = guildWorld();
const image = imageOf(home);
const one = (name: string) => ({ where: [{ component: 'Player', field: 'name', is: name }] });
const away = guildWorld({ count: 3, lineage: 'L2', prefix: 'q' });
const awayImage = imageOf(away);
const code = (wanted: string) => expect.objectContaining({ code: wanted }) as unknown as Error;

describe('exporting', () => {
  it('takes along what an entity refers to, and what that refers to', () => {
    const { file } = exported(image, one('p0'));
    expect(new Set(file.entities)).toEqual(new Set([home.players[0], home.guilds[0], home.items[0], home.items[1]]));
    expect(file.entities[0]).toBe(home.players[0]);
    expect(file.tables.map(({ name, rows }) => [name, rows])).toEqual([['Player', 1], ['Position', 1], ['Bag', 1], ['Item', 2], ['Guild', 1]]);
    expect(file).toMatchObject({ game: 'guilds', slot: 10, lineage: 'L1', outside: [], layout });
  });

  it('stops where it is told to: at a depth, at components', () => {
    expect(exported(image, one('p2'), { depth: 0 }).file).toMatchObject({ entities: [home.players[2]], outside: [home.guilds[0], home.items[4], home.items[5]].sort((a, b) => a! - b!) });
    const { entities } = exported(image, one('p2'), { stop: ['Guild'] }).file;
    expect(new Set(entities)).toEqual(new Set([home.players[2], home.items[4], home.items[5]]));
    expect(exported(image, one('p2')).file.entities).toContain(home.players[0]); // the guild's leader
    expect(exported(image, one('p2'), { depth: 1 }).file.entities).not.toContain(home.players[0]);
  });

  it('selects by ids, components, values and ranges', () => {
    const names = (selection: Parameters<typeof exported>[1]) => exported(image, selection, { depth: 0 }).file.entities;
    expect(names({ with: ['Guild'] })).toEqual(home.guilds);
    expect(names({ where: [{ component: 'Player', field: 'guild', is: home.guilds[1]! }] })).toEqual([1, 3, 5].map((n) => home.players[n]));
    expect(names({ where: [{ component: 'Position', field: 'x', min: 10, max: 30 }, { component: 'Position', field: 'y', max: -2 }] })).toEqual([home.players[2], home.players[3]]);
    expect(names({ entities: [home.items[3]!], with: ['Player', 'Guild'] })).toEqual([home.items[3]]);
    expect(names({ where: [{ component: 'Bag', field: 'items#1', is: home.items[1]! }] })).toEqual([home.players[0]]);
  });

  it.each([
    [{}, 'names no entity'], [{ with: ['Hat'] }, 'there is no component Hat; there are Player'], [{ with: ['$senders'] }, 'there is no component $senders'],
    [{ where: [{ component: 'Player', field: 'hp', is: 1 }] }, 'Player has no field hp; it has name, guild'],
    [{ where: [{ component: 'Player', field: 'name', min: 1 }] }, 'holds text'], [{ entities: [77] }, 'entity 77 is not alive at slot 10'],
  ])('refuses a selection that fits nothing: %j', (selection, message) => {
    expect(() => exported(image, selection)).toThrow(expect.objectContaining({ code: 'persistence/bad-selection', message: expect.stringContaining(message) as unknown as string }) as unknown as Error);
  });

  it('gives the same file for the same set, and reads back what it wrote', () => {
    const { bytes, file } = exported(image, { with: ['Player'] });
    expect(exported(image, { with: ['Player'] }).bytes).toEqual(bytes);
    expect(decodeEntityFile(bytes)).toEqual(file);
  });
});

describe('importing', () => {
  const file = exported(image, one('p2')).file;

  it('puts the entities under new handles, references rewritten, into a world that lives', () => {
    const { image: after, plan } = importEntities(target(awayImage), file);
    const world = lives(after);
    expect(entityCount(world)).toBe(entityCount(away.world) + file.entities.length);
    const handles = new Map(plan.handles);
    const player = find(world, Player, 'name', 'p2');
    expect(player).toBe(handles.get(home.players[2]!));
    expect(get(world, get(world, player, Player, 'guild'), Guild, 'name')).toBe('pg0');
    expect(get(world, get(world, get(world, player, Player, 'guild'), Guild, 'leader'), Player, 'name')).toBe('p0');
    const items = [0, 1, 2].map((n) => get(world, player, Bag, 'items', n));
    expect(items[2]).toBe(0);
    for (const item of items.slice(0, 2)) expect(get(world, item, Item, 'owner')).toBe(player);
    expect(plan).toMatchObject({ fits: true, done: false, conflicts: [], cleared: 0, counts: { added: file.entities.length, kept: 0, replaced: 0 }, rows: { Player: 2, Position: 2, Bag: 2, Item: 4, Guild: 1 } });
  });

  it('leaves the target as it was, and does what the plan said', () => {
    const root = imageRoot(awayImage);
    const plan = planImport(target(awayImage), file);
    expect(imageRoot(awayImage)).toBe(root);
    expect(importEntities(target(awayImage), file).plan).toEqual(plan);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('happens once: the world remembers the file, also after it was migrated', () => {
    const once = importEntities(target(awayImage), file).image;
    const twice = importEntities(target(once), file);
    expect(twice.plan.done).toBe(true);
    expect(twice.image).toBe(once);
    const wide = layoutOf([component('Player', { ...Player.fields, rank: u16 }), Position, Bag, Item, Guild]);
    const later = migrateImage(once, migration({ name: 'rank', from: { role: 'world' }, steps: [addField(Player, 'rank', u16, 0)] }), wide);
    expect(planImport({ ...target(later), layout: wide }, file).done).toBe(true);
    const another = exported(image, one('p3')).file;
    expect(planImport(target(once), another).done).toBe(false);
  });

  it('reuses handles of removed entities as the world would', () => {
    const { world, players } = guildWorld({ count: 3, lineage: 'L2' });
    begin(world);
    removeEntity(world, players[1]!);
    commit(world);
    const { plan, image: after } = importEntities(target(imageOf({ world })), exported(image, one('p2'), { depth: 0 }).file, { onDangling: 'zero' });
    expect(plan.handles[0]![1] & 0xfffff).toBe(players[1]! & 0xfffff);
    expect(isAlive(lives(after), plan.handles[0]![1])).toBe(true);
  });
});

describe('conflicts of an import', () => {
  const kinds = (conflicts: readonly ImportConflict[]) => conflicts.map(({ kind }) => kind);

  it('a key that is taken: refused, kept or replaced', () => {
    const same = importEntities(target(awayImage), exported(image, one('p1'), { stop: ['Guild'] }).file, { onDangling: 'zero' }).image;
    const again = exported(image, one('p1')).file;
    const keys = ['Player.name'];
    const refused = planImport(target(same), again, { keys });
    expect(refused.conflicts).toEqual([{ kind: 'key', field: 'Player.name', value: 'p1', entity: home.players[1], holder: expect.any(Number) }]);
    expect(() => importEntities(target(same), again, { keys })).toThrow(code('persistence/import-conflict'));

    const kept = importEntities(target(same), again, { keys, onConflict: 'keep' });
    expect(kept.plan.counts).toEqual({ added: again.entities.length - 1, kept: 1, replaced: 0 });
    const world = lives(kept.image);
    const [holder] = query(world, [Player]).filter((entity) => get(world, entity, Player, 'name') === 'p1');
    expect(get(world, holder!, Player, 'guild')).toBe(0);
    expect(query(world, [Guild]).map((guild) => get(world, guild, Guild, 'leader'))).toContain(holder);

    const replaced = lives(importEntities(target(same), again, { keys, onConflict: 'replace' }).image);
    expect(get(replaced, get(replaced, holder!, Player, 'guild'), Guild, 'name')).toBe('pg1');
    expect(query(replaced, [Player]).filter((entity) => get(replaced, entity, Player, 'name') === 'p1')).toHaveLength(1);
  });

  it('who is replaced loses components that the file does not have', () => {
    const bare: EntityFile = { ...exported(image, one('p1'), { depth: 0 }).file };
    const without = { ...bare, outside: [], tables: bare.tables.map((table) => (table.name === 'Player' ? { ...table, data: [table.data[0]!, table.data[1]!, [0]] } : { ...table, rows: 0, stamps: [], data: table.data.map(() => []) })) };
    const world = lives(importEntities(target(image), without, { keys: ['Player.name'], onConflict: 'replace' }).image);
    expect([has(world, home.players[1]!, Position), has(world, home.players[1]!, Bag), get(world, home.players[1]!, Player, 'guild')]).toEqual([false, false, 0]);
  });

  it('a reference that leads nowhere: refused or cleared; at home it is kept while its entity lives', () => {
    const { file } = exported(image, one('p2'), { depth: 0 });
    expect(kinds(planImport(target(awayImage), file).conflicts)).toEqual(['dangling', 'dangling', 'dangling']);
    const cleared = lives(importEntities(target(awayImage), file, { onDangling: 'zero' }).image);
    expect(get(cleared, find(cleared, Player, 'name', 'p2'), Player, 'guild')).toBe(0);
    const { plan, image: at } = importEntities(target(image), file);
    expect(plan.conflicts).toEqual([]);
    const world = lives(at);
    expect(get(world, plan.handles[0]![1], Player, 'guild')).toBe(home.guilds[0]);
  });

  it('a reference that was dead already never comes to life as somebody else', () => {
    const { world, players, guilds } = guildWorld({ count: 2, lineage: 'L1' });
    begin(world);
    removeEntity(world, guilds[0]!);
    commit(world);
    const { file } = exported(imageOf({ world }), { entities: [players[0]!] });
    expect(file.outside).toEqual([]);
    const { plan, image: after } = importEntities(target(awayImage), file);
    expect(plan.cleared).toBe(1);
    expect(get(lives(after), plan.handles[0]![1], Player, 'guild')).toBe(0);
  });

  it('no room', () => {
    const full = { ...awayImage, tables: awayImage.tables.map((table) => (table.name === '$entities' ? { ...table, rows: 1_048_574, data: [new Array<number>(1_048_574).fill(0), new Array<number>(1_048_574).fill(1)] } : table)) };
    expect(planImport(target(full), file()).conflicts).toEqual([{ kind: 'capacity', needed: 7, room: 2 }]);
    function file(): EntityFile { return exported(image, one('p2')).file; }
  });

  it('a layout that differs: brought along by defaults and migrations, or refused with what differs', () => {
    const wide = layoutOf([component('Player', { ...Player.fields, rank: u16 }), Position, Bag, component('Item', { kind: u32, owner: eid }), Guild]);
    const grown = migration({ id: 1, name: 'grown', from: { role: 'world' }, steps: [addField(Player, 'rank', u16, 4), widen(Item, 'kind', { from: u16, to: u32 })] });
    const there = { ...target(migrateImage(awayImage, grown, wide)), layout: wide };
    const { file } = exported(image, one('p2'));
    expect(planImport(there, file).conflicts).toMatchObject([{ kind: 'layout', why: expect.stringContaining('field Item.kind is u16') }]);
    const { plan, image: after } = importEntities({ ...there, migrations: [grown] }, file);
    expect(plan.migrations).toEqual(['grown: adds Player.rank, makes Item.kind u32']);
    const player = after.tables.find(({ name }) => name === 'Player')!;
    expect(player.data[3]!.slice(-2)).toEqual([4, 4]);
  });

  it('another game, another role, keys that lead to two', () => {
    const { file } = exported(image, one('p2'));
    expect(() => planImport({ ...target(awayImage), game: 'chess' }, file)).toThrow(code('persistence/other-game'));
    expect(() => planImport({ ...target(awayImage), role: 'battle' }, file)).toThrow(code('persistence/other-role'));
    expect(() => planImport({ ...target(awayImage), layout: layoutOf([Player]) }, file)).toThrow(code('persistence/layout-mismatch'));
    for (const key of ['Player', 'Player.hp', '$senders.key']) expect(() => planImport(target(image), file, { keys: [key] })).toThrow(code('persistence/bad-selection'));
    const { world, players } = guildWorld({ count: 3, lineage: 'L9' });
    begin(world);
    set(world, players[1]!, Position, 'x', 20);
    set(world, players[2]!, Position, 'x', 25);
    commit(world);
    expect(() => planImport(target(imageOf({ world })), file, { keys: ['Player.name', 'Position.x'] })).toThrow('by Player.name and');
  });
});
