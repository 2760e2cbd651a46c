import { Fault, isFault } from '@beamline/core';
import { checkLua, createVm } from '@beamline/vm';
import type { Bundle } from './bundle.ts';
import type { SourcePosition } from './lua-position.ts';
import { spreadLua, type SpreadLua } from './spread-lua.ts';

/** What Lua's compiler refuses for size, and what helps. */
const LIMITS: readonly (readonly [RegExp, string])[] = [
  [/too many local variables/, 'A function may have 200 locals alive at once: put some into a table, or split the function.'],
  [/too many upvalues|more than 255 upvalues/, 'A function may use 255 variables from outside: put some into a table, or pass them in.'],
  [/too many registers/, 'An expression or call has too many parts at once: split it into several statements.'],
  [/too many syntax levels|too many C levels|stack overflow/, 'Code may nest 200 levels deep: take some out into functions or variables of their own.'],
  [/control structure too long/, 'A loop or branch is too long to jump over: move its body into a function.'],
  [/constant table overflow|too many constants/, 'One function holds too many different constants: split the table that it builds.'],
];

/** Instructions that loading may take: some hundred times what the largest bundles need. */
const LOAD_BUDGET = 30_000_000;

/**
 * Parses and loads a bundle as a node would, where a line number can still be told: what fails here bricks a process there.
 * @throws Fault with the place in the sources: `vm/forbidden`, `vm/syntax`, `bundler/lua-limit`, `bundler/loops-at-load`,
 * `bundler/load-failed`
 */
export async function checkLoading(bundle: Pick<Bundle, 'role' | 'code' | 'map'>, load: LoadLua = createVm): Promise<void> {
  const failure = await loadFailure(bundle.code, bundle.role, load);
  if (failure === undefined) return;
  const spread = spreadLua(bundle.code, bundle.map);
  const exact = await loadFailure(spread.code, bundle.role, load) ?? failure;
  const line = Number(exact.details['line'] ?? /\.lua:(\d+):/.exec(exact.message)?.[1] ?? NaN);
  const reason = exact.message.replace(/^.*?\.lua(?: did not load: [^:]*\.lua)?:\d+: /, '').replace(/ in (?:main )?function (?:at line|<).*$/, '');
  const probed = spread.positionOf(line) ? undefined : await probe(spread);
  const position = spread.positionOf(line) ?? probed?.position;
  const place = position ?? { file: `${bundle.role}.lua`, line: Number.isNaN(line) ? 1 : line, column: 1 };
  const limit = LIMITS.find(([pattern]) => pattern.test(exact.message));
  const found = (code: Fault['code'], what: string, hint: string | undefined): Fault =>
    new Fault(code, `${place.file}:${place.line}:${place.column} ${code}: ${what}`, {
      ...(hint !== undefined && { hint }), details: { role: bundle.role, ...place }, cause: failure,
    });
  if (limit) throw found('bundler/lua-limit', reason, limit[1]);
  if (exact.code !== 'vm/load-failed') throw found(exact.code, reason, exact.hint);
  if (probed?.loops) throw found('bundler/loops-at-load', `${bundle.role} does not finish loading: it still runs here after ${LOAD_BUDGET} instructions`, 'Work that belongs to the game goes into init, a system or an action, where it is bounded.');
  throw found('bundler/load-failed', reason, 'The top level of a module runs once, at slot 0, where nothing is known yet: it must not fail, loop or fill the memory.');
}

/** Loads Lua and throws the vm's Faults. */
export type LoadLua = (program: { code: string; chunkName: string }) => Promise<{ close(): Promise<void> }>;

/** @returns the Fault, when loading has failed */
async function loadFailure(code: string, role: string, load: LoadLua): Promise<Fault | undefined> {
  const chunkName = `${role}.lua`;
  try {
    const loading = load({ code, chunkName }); // in a thread of its own, meanwhile
    try {
      checkLua(code, chunkName);
    } finally {
      await loading.then((vm) => vm.close(), () => undefined);
    }
    await loading;
    return undefined;
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
}

/** Loads in plain Lua, which can say where it is, and counts instructions. */
const PROBE = `
local load, sethook, info, error, xpcall = load, debug.sethook, debug.getinfo, error, xpcall
function probe(source, budget)
  local run = load(source, "=bundle")
  if not run then return { line = 0, loops = false } end
  local line, loops = 0, false
  local function note()
    for level = 3, 50 do
      local at = info(level, "Sl")
      if at == nil then return end
      if at.short_src == "bundle" then line = at.currentline return end
    end
  end
  sethook(function()
    loops = true
    note()
    error("over", 0)
  end, "", budget)
  xpcall(run, function(problem)
    if not loops then note() end
    return problem
  end)
  sethook()
  return { line = line, loops = loops }
end
function compute(base) return base end
`;

/** Where a bundle fails, or is when it has run as many instructions as loading may take. */
async function probe(spread: SpreadLua): Promise<{ position: SourcePosition | undefined; loops: boolean }> {
  const vm = await createVm({ code: PROBE, profile: 'lua5.3', timeLimitMs: 60_000 });
  try {
    const { line, loops } = await vm.call('probe', spread.code, LOAD_BUDGET) as { line: number; loops: boolean };
    return { position: spread.positionOf(line), loops };
  } finally {
    await vm.close();
  }
}
