// Builds once and prints milliseconds, the compilers' own loading left out for both sides, and the memory it took.
import { readFileSync } from 'node:fs';
import { buildLuaProgram } from '../../packages/bundler/src/build-lua.ts';
import { luaBundle } from './lua-bundle.ts';
import { startOf } from './sizes.ts';

const [compiler, entry, root] = process.argv.slice(2) as [string, string, string];
const before = highWater();
const start = performance.now();
if (compiler === 'tstl') await luaBundle(entry, root);
else await buildLuaProgram({ role: 'synthetic', entry, root, minify: true, define: {} }, startOf(entry));
const ms = performance.now() - start;
process.stdout.write(JSON.stringify({ ms, peakBytes: highWater(), growthBytes: highWater() - before }));

/** Of this program alone: what `resourceUsage` tells includes the one that started it. */
function highWater(): number {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
