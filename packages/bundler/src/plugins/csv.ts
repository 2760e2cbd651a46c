import { CsvError, parse } from 'csv-parse/sync';
import type { Plugin } from '../plugin.ts';
import { dataFiles } from './data-file.ts';

export interface CsvOptions {
  /** @default ',' */
  delimiter?: string;
}

/**
 * `import items from './items.csv'`, `require("./items.csv")`: a list of records by the names of the first line. A column
 * becomes numbers, or booleans, when all its values are such.
 */
export function csv({ delimiter = ',' }: CsvOptions = {}): Plugin {
  return dataFiles({ name: 'csv', options: { delimiter }, endings: /\.csv$/, parse: (text) => records(rowsOf(text, delimiter)) });
}

function rowsOf(text: string, delimiter: string): string[][] {
  try {
    return parse(text, { bom: true, delimiter, skip_empty_lines: true });
  } catch (cause) {
    const line = cause instanceof CsvError ? (cause as unknown as { lines?: number }).lines : undefined;
    throw Object.assign(new Error((cause as Error).message, { cause }), line !== undefined && { line });
  }
}

function records([names = [], ...rows]: string[][]): unknown {
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw Object.assign(new Error(`two columns are called ${JSON.stringify(twice)}`), { line: 1 });
  const columns = names.map((_, column) => typed(rows.map((row) => row[column] ?? '')));
  return rows.map((_, row) => Object.fromEntries(names.map((name, column) => [name, columns[column]?.[row]])));
}

function typed(values: readonly string[]): readonly (string | number | boolean)[] {
  if (values.every((value) => /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value) && Math.abs(Number(value)) <= Number.MAX_SAFE_INTEGER)) return values.map(Number);
  return values.every((value) => value === 'true' || value === 'false') ? values.map((value) => value === 'true') : values;
}
