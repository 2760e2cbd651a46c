import { Fault } from '@beamline/core';
import { layoutHash, type Layout } from '@beamline/ecs';
import { describeSteps } from '../migration/describe-steps.ts';
import { layoutVerdict } from '../migration/layout-verdict.ts';
import { migrateImage } from '../migration/migrate-image.ts';
import type { Migration } from '../migration/migration.ts';
import { tableNamed, type WorldImage } from '../world-image.ts';
import { editWorld, type WorldEdit } from './edit-world.ts';
import type { EntityFile } from './entity-file.ts';
import { lineageOf } from './export-entities.ts';
import { keyConflicts } from './key-conflicts.ts';
import { importKey, recall } from './world-memory.ts';

export interface ImportTarget {
  image: WorldImage;
  /** The image's. */
  layout: Layout;
  game: string;
  role: string;
  /** The role's chain, oldest first: a file of an older layout is brought along. @default [] */
  migrations?: readonly Migration[];
}

export interface ImportOptions {
  /** Fields whose value no two entities share, such as `Player.address`. @default [] */
  keys?: readonly string[];
  /**
   * What happens where a key is taken: nothing at all (`refuse`); who is here stays, and references name them (`keep`);
   * who is here gets the components of the file (`replace`). @default 'refuse'
   */
  onConflict?: 'refuse' | 'keep' | 'replace';
  /** References to entities that are neither in the file nor here. @default 'refuse' */
  onDangling?: 'refuse' | 'zero';
}

export type ImportConflict =
  /** `entity` of the file has a value that `holder` has here. */
  | { kind: 'key'; field: string; value: number | string; entity: number; holder: number }
  | { kind: 'dangling'; component: string; field: string; entity: number; names: number }
  | { kind: 'capacity'; needed: number; room: number }
  | { kind: 'layout'; why: string };

/** What an import would do. Plain data. */
export interface ImportPlan {
  version: 1;
  /** Id of the file. */
  file: string;
  /** This world took the file in before: importing it changes nothing. */
  done: boolean;
  /** No conflict stands in the way. */
  fits: boolean;
  /** Handle in the file → handle here. */
  handles: readonly (readonly [number, number])[];
  /** Entities made, and those here that are kept or replaced. */
  counts: { added: number; kept: number; replaced: number };
  /** Rows per component. */
  rows: Readonly<Record<string, number>>;
  /** On the way from the file's layout to this one. */
  migrations: readonly string[];
  conflicts: readonly ImportConflict[];
  /** References to entities that were gone already where they come from: 0 here, unless the handles are this world's own. */
  cleared: number;
}

/** A plan, and the world it would lead to. */
export interface PreparedImport {
  plan: ImportPlan;
  edit: WorldEdit;
}

/**
 * Looks at what importing a file would do; changes nothing.
 * @throws Fault `persistence/other-game`, `persistence/other-role`, `persistence/layout-mismatch`
 */
export function planImport(target: ImportTarget, file: EntityFile, options: ImportOptions = {}): ImportPlan {
  return prepareImport(target, file, options).plan;
}

export function prepareImport(target: ImportTarget, file: EntityFile, { keys = [], onConflict = 'refuse', onDangling = 'refuse' }: ImportOptions): PreparedImport {
  assertSameGame(target, file);
  const edit = editWorld(target.image);
  const plan: ImportPlan = {
    version: 1, file: file.id, done: recall(target.image, importKey(file.id)) !== undefined, fits: true, handles: [], counts: { added: 0, kept: 0, replaced: 0 },
    rows: {}, migrations: [], conflicts: [], cleared: 0,
  };
  if (plan.done) return { plan, edit };
  const brought = broughtAlong(target, file);
  if ('why' in brought) return { plan: { ...plan, fits: false, conflicts: [{ kind: 'layout', why: brought.why }] }, edit };

  const conflicts: ImportConflict[] = [];
  const taken = keyConflicts(target.image, brought.image, keys);
  if (onConflict === 'refuse') conflicts.push(...taken);
  const holders = new Map(taken.map(({ entity, holder }) => [entity, holder]));
  const fresh = file.entities.length - holders.size;
  if (edit.room() < fresh) return { plan: { ...plan, fits: false, conflicts: [...conflicts, { kind: 'capacity', needed: fresh, room: edit.room() }] }, edit };
  const handles = new Map(file.entities.map((entity) => [entity, holders.get(entity) ?? edit.spawn()]));

  const isHome = file.lineage !== '' && file.lineage === lineageOf(target.image);
  const outside = new Set(file.outside);
  let cleared = 0;
  const rows: Record<string, number> = {};
  for (const { name, columns, data, rows: count } of brought.image.tables) {
    const references = columns.flatMap(({ kind }, c) => (c > 0 && kind === 'eid' ? [c] : []));
    for (let row = 0; row < count; row += 1) {
      const entity = data[0]![row] as number;
      if (onConflict === 'keep' && holders.has(entity)) continue;
      const cells = data.map((column) => column[row]!);
      for (const c of references) {
        const names = cells[c] as number;
        if (names === 0) continue;
        const inside = handles.get(names);
        if (inside !== undefined) cells[c] = inside;
        else if (!outside.has(names)) {
          if (!isHome) [cells[c], cleared] = [0, cleared + 1];
        } else if (!isHome || !edit.isAlive(names)) {
          if (onDangling === 'refuse') conflicts.push({ kind: 'dangling', component: name, field: columns[c]!.name, entity, names });
          cells[c] = 0;
        }
      }
      edit.put(name, handles.get(entity)!, cells.slice(1));
      rows[name] = (rows[name] ?? 0) + 1;
    }
  }
  if (onConflict === 'replace') dropOthers(edit, brought.image, holders);
  const counts = { added: fresh, kept: onConflict === 'keep' ? holders.size : 0, replaced: onConflict === 'replace' ? holders.size : 0 };
  return { plan: { ...plan, fits: conflicts.length === 0, handles: [...handles], counts, rows, migrations: brought.steps, conflicts, cleared }, edit };
}

/** Who is replaced has the components of the file and no others. */
function dropOthers(edit: WorldEdit, brought: WorldImage, holders: ReadonlyMap<number, number>): void {
  for (const { name, data } of brought.tables) {
    const having = new Set(data[0] as readonly number[]);
    for (const [entity, holder] of holders) if (!having.has(entity)) edit.remove(name, holder);
  }
}

function assertSameGame({ image, layout, game, role }: ImportTarget, file: EntityFile): void {
  if (file.game !== game) {
    throw new Fault('persistence/other-game', `the file is of ${file.game}, the world is of ${game}`, { hint: 'Import it into a world of its own game.' });
  }
  if (file.role !== role) {
    throw new Fault('persistence/other-role', `the file is of role ${file.role}, the world has role ${role}`, { hint: 'Import it into a world of that role.' });
  }
  if (layoutHash(layout) === image.layout && tableNamed(image, '$entities') !== undefined) return;
  throw new Fault('persistence/layout-mismatch', `the layout given is not that of the world, which has ${image.layout}`, { hint: 'Give the layout of the release that runs.' });
}

/** The file's entities in the layout of the world. */
function broughtAlong({ layout, migrations = [] }: ImportTarget, file: EntityFile): { image: WorldImage; steps: string[] } | { why: string } {
  const image: WorldImage = { slot: file.slot, layout: layoutHash(file.layout), tables: file.tables };
  const verdict = layoutVerdict(file.layout, layout, migrations, { role: file.role });
  if (verdict.verdict === 'FORBIDDEN') return { why: `no migration leads from the file's layout to this world's: ${verdict.reasons.join('; ')}` };
  try {
    return { image: migrateImage(image, verdict.migrations, layout), steps: verdict.migrations.map((one) => `${one.name}: ${describeSteps(one)}`) };
  } catch (error) {
    if (error instanceof Fault && error.code === 'persistence/misfit') return { why: error.message };
    throw error;
  }
}
