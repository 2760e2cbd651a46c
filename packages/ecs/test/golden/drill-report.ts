import { pageCount, pageText, worldDigest, type World } from '@beamline/ecs';
import { createDrill, operate, type Drill } from './operations.ts';

/** `digest seen&table rows page-text|page-text…&…`: the digest, what was read, every page. */
export function report(drill: Drill): string {
  return `${worldDigest(drill.world)} ${drill.seen}&${pagesReport(drill.world)}`;
}

export function pagesReport(world: World): string {
  let text = '';
  for (const table of world.tables) {
    text = `${text}${table.name} ${table.count} `;
    for (let page = 0; page < pageCount(table); page++) text = `${text}${page === 0 ? '' : '|'}${pageText(table, page)}`;
    text = `${text}&`;
  }
  return text;
}

export function runDrill(seed: number, count: number): string {
  const drill = createDrill(seed);
  operate(drill, count);
  return report(drill);
}
