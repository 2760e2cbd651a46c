import { canonicalJson } from './canonical-json.ts';
import type { Component } from './component.ts';
import type { FieldKind } from './field.ts';
import { sha256 } from './sha256.ts';

/** The typed schema of a world's components, in table order. Ids count from 1 until a lock gives others. JavaScript only. */
export interface Layout {
  readonly format: 1;
  readonly components: readonly LayoutComponent[];
}

export interface LayoutComponent {
  readonly id: number;
  readonly name: string;
  readonly fields: readonly LayoutField[];
}

export interface LayoutField {
  readonly id: number;
  readonly name: string;
  readonly type: FieldKind;
  readonly length: number;
  readonly scale: number;
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** @throws 'ecs/bad-layout: …' for names that would not survive page lists, tags or metrics. */
export function layoutOf(components: readonly Component[]): Layout {
  const names = new Set<string>();
  return {
    format: 1,
    components: components.map(({ name, fields, order }, i) => {
      if (!NAME.test(name)) throw `ecs/bad-layout: component name ${JSON.stringify(name)} is not letters, digits, _ and -`;
      if (names.has(name)) throw `ecs/bad-layout: ${name} is listed twice`;
      names.add(name);
      return {
        id: i + 1,
        name,
        fields: order.map((field, j) => {
          if (!NAME.test(field)) throw `ecs/bad-layout: field name ${name}.${field} is not letters, digits, _ and -`;
          const { kind, length, scale } = fields[field]!;
          if (!(Number.isInteger(length) && length >= 1 && length <= 256)) throw `ecs/bad-layout: ${name}.${field} has length ${length}, not 1 to 256`;
          if (!(Number.isInteger(scale) && scale >= 0 && scale <= 30)) throw `ecs/bad-layout: ${name}.${field} has scale ${scale}, not 0 to 30`;
          return { id: j + 1, name: field, type: kind, length, scale };
        }),
      };
    }),
  };
}

/** SHA-256 of the canonical JSON, as lower-case hex. */
export function layoutHash(layout: Layout): string {
  return sha256(canonicalJson(layout));
}
