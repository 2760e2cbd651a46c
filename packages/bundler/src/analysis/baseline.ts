import { Fault } from '@beamline/core';
import type { Analysis, PartSize } from './analysis.ts';

type Bytes = Readonly<Record<string, number>>;

/** Sizes that were accepted: what `sizes.lock.json` holds. Minified bytes. */
export interface SizesBaseline {
  version: 1;
  roles: Readonly<Record<string, {
    bytes: number;
    gzipBytes: number;
    modules: Bytes;
    /** With what only they need, as `PartSize.savedBytes`. */
    systems: Bytes;
    components: Bytes;
    actions: Bytes;
  }>>;
}

export function baselineOf({ roles }: Analysis): SizesBaseline {
  return {
    version: 1,
    roles: Object.fromEntries(Object.entries(roles).map(([role, { bytes, gzipBytes, modules, parts }]) => [role, {
      bytes, gzipBytes, modules: Object.fromEntries(modules.map((module) => [module.path, module.bytes])),
      systems: savedBytes(parts, 'system'), components: savedBytes(parts, 'component'), actions: savedBytes(parts, 'action'),
    }])),
  };
}

/** Sorted keys, two spaces, a final newline: the same sizes give the same bytes, and a change shows line by line. */
export function printBaseline(baseline: SizesBaseline): string {
  return `${JSON.stringify(sorted(baseline), null, 2)}\n`;
}

/** @throws Fault `bundler/bad-sizes` naming `file` */
export function parseBaseline(text: string, file: string): SizesBaseline {
  const bad = (what: string) => new Fault('bundler/bad-sizes', `${file} ${what}`, {
    hint: 'Take it from version control, or write it anew: beamline bundle --accept-sizes.', details: { file },
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad('is not JSON');
  }
  if (!isRecord(value) || value['version'] !== 1) throw bad(`has version ${isRecord(value) ? String(value['version']) : 'none'}, this one reads 1`);
  if (!isRecord(value['roles'])) throw bad('has no roles');
  for (const [role, sizes] of Object.entries(value['roles'])) {
    const complete = isRecord(sizes) && Number.isSafeInteger(sizes['bytes']) && Number.isSafeInteger(sizes['gzipBytes'])
      && ['modules', 'systems', 'components', 'actions'].every((key) => isRecord(sizes[key]) && Object.values(sizes[key]).every(Number.isSafeInteger));
    if (!complete) throw bad(`has no complete sizes of ${role}`);
  }
  return value as unknown as SizesBaseline;
}

function savedBytes(parts: readonly PartSize[], kind: PartSize['kind']): Bytes {
  return Object.fromEntries(parts.filter((part) => part.kind === kind).map((part) => [part.name, part.savedBytes]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(value: unknown): unknown {
  return isRecord(value) ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])])) : value;
}
