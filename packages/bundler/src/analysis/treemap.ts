import type { Origin } from './analysis.ts';
import { escapeHtml } from './escape-html.ts';
import { originOf } from './origin-of.ts';
import { squarify, type Rectangle } from './squarify.ts';

/** One leaf of a treemap. */
export interface Leaf {
  path: string;
  bytes: number;
  /** Sentences about it, shown when it has the focus. */
  about: string;
  /** Bytes since the baseline; 0 for none. */
  change: number;
}

const WIDTH = 160;
const HEIGHT = 90;
/** Height of a group's name, in the same units. */
const TITLE = 4.4;

const NAMES: Record<Origin, string> = {
  game: 'game', data: 'data tables', ecs: 'ecs', kernel: 'kernel', package: 'packages', 'typescript-to-lua': 'TypeScriptToLua', guards: 'guards',
};

/** What the colours of these origins mean. */
export const legend = (origins: ReadonlySet<Origin>): string => `<ul class="legend">${Object.entries(NAMES).filter(([origin]) => origins.has(origin as Origin)).map(([origin, name]) => `<li class="o-${origin}">${name}</li>`).join('')}</ul>`;

export interface TreemapOptions {
  /** For those who cannot see it. */
  label: string;
  /** Bytes of the largest treemap on the page: areas are in proportion to it. */
  most: number;
  /** One of two side by side: fewer names fit. */
  half?: boolean;
}

/** A treemap as positioned buttons, 16:9. Groups are origins, largest first. */
export function treemap(leaves: readonly Leaf[], { label, most, half = false }: TreemapOptions): string {
  const letter = half ? 1.75 : 1.1;
  const total = leaves.reduce((sum, { bytes }) => sum + bytes, 0);
  const groups = Object.entries(Object.groupBy(leaves, ({ path }) => originOf(path)) as Partial<Record<Origin, Leaf[]>>)
    .map(([origin, list]) => ({ origin: origin as Origin, list: [...(list ?? [])].sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1)), bytes: (list ?? []).reduce((sum, { bytes }) => sum + bytes, 0) }))
    .sort((a, b) => b.bytes - a.bytes);
  const areas = squarify(groups.map(({ bytes }) => bytes), { x: 0, y: 0, width: WIDTH, height: HEIGHT });
  const body = groups.map(({ origin, list, bytes }, index) => {
    const area = areas[index] ?? { x: 0, y: 0, width: 0, height: 0 };
    const titled = area.width > 12 && area.height > 14;
    const inner = titled ? { ...area, y: area.y + TITLE, height: area.height - TITLE } : area;
    const places = squarify(list.map((leaf) => leaf.bytes), inner);
    const title = titled ? `<span class="group o-${origin}" style="${place({ ...area, height: TITLE })}">${NAMES[origin]} <b>${bytes.toLocaleString('en-US')}</b></span>` : '';
    return title + list.map((leaf, at) => button(leaf, origin, places[at] ?? area, letter)).join('');
  }).join('');
  const scale = Math.sqrt(total / Math.max(most, 1)) * 100;
  return `<div class="map" role="group" aria-label="${escapeHtml(label)}" style="width:${scale.toFixed(2)}%">${body}</div>`;
}

function button({ path, bytes, about, change }: Leaf, origin: Origin, area: Rectangle, letter: number): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.([mc]?[jt]s|json|lua)$/, '');
  // Of a longer name the beginning says enough; of less than that, nothing.
  const shown = area.height > letter * 3.2 && area.width > Math.min(name.length, 7) * letter + 1.4;
  // A few bytes come and go with the names that the compiler chooses.
  const changed = Math.abs(change) >= Math.max(16, bytes / 50);
  const mark = changed ? (change > 0 ? ' grew' : ' shrank') : '';
  const difference = shown && changed && area.height > letter * 7 ? `<i>${change > 0 ? '+' : '−'}${Math.abs(change).toLocaleString('en-US')}</i>` : '';
  return `<button type="button" class="o-${origin}${mark}" style="${place(area)}" data-path="${escapeHtml(path)}" aria-label="${escapeHtml(`${path}: ${about}`)}" title="${escapeHtml(path)}">${shown ? `<span>${escapeHtml(name)}</span>${difference}` : ''}</button>`;
}

function place({ x, y, width, height }: Rectangle): string {
  const percent = (value: number, of: number) => `${((value / of) * 100).toFixed(3)}%`;
  return `left:${percent(x, WIDTH)};top:${percent(y, HEIGHT)};width:${percent(width, WIDTH)};height:${percent(height, HEIGHT)}`;
}
