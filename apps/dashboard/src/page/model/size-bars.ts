import type { ModuleBytes, RoleBytes } from '@beamline/stack';

/** A stretch of a bar: `x` and `width` in thousandths of the longest bar. */
export interface Stretch {
  module: ModuleBytes;
  x: number;
  width: number;
}

export interface RoleBars {
  role: RoleBytes;
  now: readonly Stretch[];
  before: readonly Stretch[];
}

/** One bar a role, and one of the release before, all to the same scale. Modules of one origin stand together. */
export function sizeBars(roles: readonly RoleBytes[]): readonly RoleBars[] {
  const longest = Math.max(1, ...roles.map(({ bytes, before }) => Math.max(bytes, before?.bytes ?? 0)));
  return roles.map((role) => {
    const byOrigin = role.modules.toSorted((a, b) => (a.origin < b.origin ? -1 : a.origin > b.origin ? 1 : 0));
    const bar = (bytesOf: (module: ModuleBytes) => number): Stretch[] => {
      let x = 0;
      return byOrigin.flatMap((module) => {
        const width = (bytesOf(module) / longest) * 1_000;
        x += width;
        return width === 0 ? [] : [{ module, x: x - width, width }];
      });
    };
    return { role, now: bar(({ bytes }) => bytes), before: bar(({ before = 0 }) => before) };
  });
}

/** `+1.2 kB`, `−30 B`; empty when nothing changed or nothing was before. */
export function change(now: number, before: number | undefined, bytes: (n: number) => string): string {
  if (before === undefined || before === now) return '';
  return `${now > before ? '+' : '−'}${bytes(Math.abs(now - before))}`;
}
