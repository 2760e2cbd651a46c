import { dirname, resolve } from 'node:path';
import type { Plugin } from '../plugin.ts';

export interface DataFormat {
  name: string;
  /** Options that shape values. */
  options: object;
  endings: RegExp;
  /** What a text says. Errors may have `line` and `column`. */
  parse(text: string): unknown;
}

/** A plugin that gives data files to imports and `require` as JSON: `items.yaml` as if it were `items.yaml.json`. */
export function dataFiles({ name, options, endings, parse }: DataFormat): Plugin {
  return {
    name,
    key: JSON.stringify(options),
    resolve(specifier, importer, files) {
      const file = resolve(dirname(importer), specifier);
      return endings.test(file) && files.exists(file) ? `${file}.json` : undefined;
    },
    load(file, files) {
      const source = file.replace(/\.json$/, '');
      const text = source !== file && endings.test(source) ? files.read(source) : undefined;
      return text === undefined ? undefined : JSON.stringify(parse(text) ?? null);
    },
  };
}
