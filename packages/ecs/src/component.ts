import type { Field, FieldKind } from './field.ts';
import { emptyRecord, sourceOrder, split } from '#target';

/** One column of a table. Array fields are flattened: `slots#0`, `slots#1`, … @short */
export interface Column {
  readonly name: string;
  readonly kind: FieldKind;
}

/** Columns from text as a snapshot's index writes them: `key:str,high:i53`. */
export function columnsOf(text: string): Column[] {
  const columns: Column[] = [];
  let count = 0;
  for (const column of split(text, ',')) {
    const [name, kind] = split(column, ':');
    columns[count] = { name: name!, kind: kind as FieldKind };
    count = count + 1;
  }
  return columns;
}

export type Fields = Readonly<Record<string, Field>>;

/** A component's definition: pure data, shared by any number of worlds. */
export interface Component<F extends Fields = Fields> {
  readonly name: string;
  readonly fields: F;
  /** Field names in source order: the order of the columns, for ever. */
  readonly order: readonly string[];
  /** Without the leading `$entity`. */
  readonly columns: readonly Column[];
  /** Field name → its first column in the component's table, where column 0 is `$entity`. */
  readonly start: Readonly<Record<string, number>>;
}

/**
 * Defines a component. `fields` must be an object literal; `order` is written by the bundler, because Lua tables forget
 * the order of their keys. Mark calls with a PURE comment so that unused components disappear from bundles.
 */
export function component<F extends Fields>(name: string, fields: F, order?: readonly string[]): Component<F> {
  const names = order ?? sourceOrder(fields);
  const columns: Column[] = [];
  const start = emptyRecord<number>();
  let count = 0;
  for (const field of names) {
    const { kind, length } = fields[field] as Field;
    start[field] = count + 1;
    for (let i = 0; i < length; i++) {
      columns[count] = { name: length === 1 ? field : `${field}#${i}`, kind };
      count = count + 1;
    }
  }
  return { name, fields, order: names, columns, start };
}
