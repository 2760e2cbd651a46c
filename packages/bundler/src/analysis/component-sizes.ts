import { maxOf, minOf, rowBytes, type Layout, type LayoutComponent } from '@beamline/ecs';
import type { ComponentSize, ModuleSize, PartSize } from './analysis.ts';

/** Bytes of a cell of text that does not depend on what it holds: nothing in messages, where contents are all there is. */
const TEXT = 0;

/** What each component of a layout costs: code in the bundle, and data a row. Widest rows first. */
export function componentSizes({ components }: Layout, parts: readonly PartSize[]): ComponentSize[] {
  return components.map((component): ComponentSize => {
    const columns = columnsOf(component);
    const cells = columns.map(({ kind }) => cellText(kind));
    return {
      name: component.name,
      codeBytes: parts.find(({ kind, name }) => kind === 'component' && name === component.name)?.bytes ?? 0,
      columns: columns.length,
      texts: columns.filter(({ kind }) => kind === 'str').length,
      pageRowBytes: rowBytes(columns),
      // A comma or semicolon after each cell.
      messageRowBytes: { least: cells.reduce((sum, [least]) => sum + least + 1, 0), most: cells.reduce((sum, [, most]) => sum + most + 1, 0) },
    };
  }).sort((a, b) => b.pageRowBytes - a.pageRowBytes || (a.name < b.name ? -1 : 1));
}

const columnsOf = ({ fields }: LayoutComponent) => fields.flatMap(({ name, type, length }) => Array.from({ length }, () => ({ name, kind: type })));

/** Fewest and most characters of a cell in decimals. */
function cellText(kind: LayoutComponent['fields'][number]['type']): readonly [least: number, most: number] {
  if (kind === 'str') return [TEXT, TEXT];
  return kind === 'f64' ? [1, 24] : [1, Math.max(String(minOf(kind)).length, String(maxOf(kind)).length)];
}

/** Modules of ecs that turn columns into text and back, whatever the components. */
const ENCODERS = /^@beamline\/ecs\/src\/(?:page-text|load|digest)\.ts$/;

export const encoderBytes = (modules: readonly ModuleSize[]): number =>
  modules.reduce((sum, { path, bytes }) => sum + (ENCODERS.test(path) ? bytes : 0), 0);
