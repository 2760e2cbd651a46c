import type { WorldImage } from '../world-image.ts';

/** An entity's components by name, their cells by column. */
export type EntityView = Readonly<Record<string, Readonly<Record<string, number | string>>>>;

export interface EntitySample {
  entity: number;
  /** Only components that differ. */
  before: EntityView;
  after: EntityView;
}

/** Up to `count` entities that look otherwise afterwards; `preferred` ones first. */
export function sampleEntities(before: WorldImage, after: WorldImage, preferred: readonly number[], count: number): EntitySample[] {
  const samples: EntitySample[] = [];
  const tried = new Set<number>();
  const candidates = function* (): Iterable<number> {
    yield* preferred;
    for (const { name, data, rows } of before.tables) {
      if (name.startsWith('$') || after.tables.some((table) => table.name === name && table.data === data)) continue;
      for (let row = 0; row < Math.min(rows, count); row += 1) yield data[0]![row] as number;
    }
  };
  for (const entity of candidates()) {
    if (samples.length >= count) break;
    if (tried.has(entity)) continue;
    tried.add(entity);
    const [was, is] = differing(entityView(before, entity), entityView(after, entity));
    if (Object.keys(was).length + Object.keys(is).length > 0) samples.push({ entity, before: was, after: is });
  }
  return samples;
}

/** What an entity consists of. Looks through the whole world. */
export function entityView({ tables }: WorldImage, entity: number): EntityView {
  const view: Record<string, Record<string, number | string>> = {};
  for (const { name, columns, data } of tables) {
    if (name.startsWith('$')) continue;
    const row = (data[0] as readonly number[]).indexOf(entity);
    if (row < 0) continue;
    view[name] = Object.fromEntries(columns.slice(1).map((column, c) => [column.name, data[c + 1]![row]!]));
  }
  return view;
}

function differing(before: EntityView, after: EntityView): [EntityView, EntityView] {
  const isSame = (name: string): boolean => JSON.stringify(before[name]) === JSON.stringify(after[name]);
  const only = (view: EntityView): EntityView => Object.fromEntries(Object.entries(view).filter(([name]) => !isSame(name)));
  return [only(before), only(after)];
}
