import { Fault } from '@beamline/core';
import { finishBundle } from './assemble.ts';
import type { Bundle } from './bundle.ts';

/** A Lua bundle as a chunk for aos. Its map leads through to the sources. @throws Fault `bundler/unsupported` without `aosChunk` */
export function buildAos(lua: Bundle, aosChunk: ((source: string) => string) | undefined): Bundle {
  const { role, code, modules } = lua;
  if (aosChunk === undefined) {
    throw new Fault('bundler/unsupported', `${role}: the target aos needs what makes Lua a chunk for aos`, { hint: "Give `aosChunk` of '@beamline/ao/legacynet'." });
  }
  const chunk = aosChunk(code);
  const before = chunk.slice(0, chunk.indexOf(code)).split('\n').length - 1;
  const map = JSON.parse(lua.map) as { mappings: string };
  const shifted = `${JSON.stringify({ ...map, file: `${role}.aos.lua`, mappings: ';'.repeat(before) + map.mappings })}\n`;
  return finishBundle(role, 'aos', chunk, shifted, modules, []);
}
