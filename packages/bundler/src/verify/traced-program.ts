import type { AoValue, Slot } from '@beamline/core';
import { mapOf } from '@beamline/kernel/operator';
import type { Vm } from '@beamline/vm';
import type { SourcePosition } from '../lua-position.ts';
import { spreadLua } from '../spread-lua.ts';

/** A Lua bundle and its map. */
export interface MappedLua {
  code: string;
  map: string;
}

/** An error that a process counted. */
export interface TracedError {
  /** In which it happened. */
  slot: Slot;
  /** What that slot's message asked for. */
  action: string;
  /** As health shows it: the action or system, then the error's code and text; of an error that Lua raised, in plain Lua's words. */
  error: string;
  /** Where it was raised, and where that was called from. Empty when code raised it that is none of the programs. */
  stack: readonly SourcePosition[];
}

/** A program that notes where its errors come from. */
export interface TracedProgram {
  /** To be opened with the profile `lua5.3`. */
  code: string;
  chunkName: string;
  /** Tells the open program what upgrades may put in its place. */
  prepare(vm: Pick<Vm, 'call'>): Promise<void>;
  /** The last error it counted. */
  last(vm: Pick<Vm, 'call'>): Promise<TracedError | undefined>;
  /** Each error once, by its text, in the order in which they first came; at most 100. */
  first(vm: Pick<Vm, 'call'>): Promise<TracedError[]>;
}

/*
 * Plain Lua knows where an error was raised, a node's does not. Before the first bundle, on its first line, `pcall` learns
 * to note the lines of the stack, and `load` to load a known bundle in its spread form. Behind it, `compute` learns to keep
 * what was noted in the slots that counted an error, and to stay in front of what an upgrade puts there.
 */
const BEFORE = `local beamline_noted,beamline_known="",{} do local xpcall,plain,info,concat,find,sub=xpcall,load,debug.getinfo,table.concat,string.find,string.sub \
local function note(problem) local places,count={},0 for level=2,100 do local at=info(level,"Sl") if at==nil then break end \
if at.currentline>0 and find(at.short_src,"^bundle%d+%.lua$") then count=count+1 places[count]=at.short_src..":"..at.currentline end end \
beamline_noted=concat(places,",") return problem end function pcall(run,...) return xpcall(run,note,...) end \
function load(text,...) for _,one in ipairs(beamline_known) do if sub(text,1,#one.code)==one.code then \
return plain(one.spread..sub(text,#one.code+1),"="..one.name) end end return plain(text,...) end end `;
const BEHIND = `
do
  local inner, counted = compute, 0
  local slot, places, text, action = -1, "", "", ""
  local first, seen = {}, {}
  local function watched(base, req, opts)
    beamline_noted = ""
    local result = inner(base, req, opts)
    if compute ~= watched then inner, compute = compute, watched end
    local health = type(result) == "table" and result.health
    if health and health.errors ~= counted then
      counted, slot, places = health.errors, req.slot, beamline_noted
      text, action = health["last-error"] or "", req.body and req.body.action or ""
      if not seen[text] and #first < 100 then
        seen[text] = true
        first[#first + 1] = { slot = slot, places = places, text = text, action = action }
      end
    end
    return result
  end
  compute = watched
  function beamline_know(code, spread, name) beamline_known[#beamline_known + 1] = { code = code, spread = spread, name = name } end
  function beamline_last_error() return { slot = slot, places = places, text = text, action = action } end
  function beamline_first_errors() return first end
end
`;
const nameOf = (program: number): string => `bundle${program}.lua`;

/** `programs`: first what a process was spawned with, then what upgrades may have put in its place. */
export function tracedProgram(programs: readonly MappedLua[]): TracedProgram {
  const spreads = programs.map(({ code, map }) => spreadLua(code, map));

  const tracedOf = (value: AoValue | undefined): TracedError => {
    const { slot, places, text, action } = mapOf(value);
    const stack = [...String(places).matchAll(/bundle(\d+)\.lua:(\d+)/g)].flatMap(([, program, line]) => spreads[Number(program)]?.positionOf(Number(line)) ?? []);
    return {
      slot: Number(slot), action: String(action), error: String(text).replaceAll(/bundle\d+\.lua:\d+: /g, ''),
      stack: stack.filter((place, n) => !same(place, stack[n - 1])),
    };
  };

  return {
    code: `${BEFORE}${spreads[0]?.code ?? ''}${BEHIND}`,
    chunkName: nameOf(0),
    async prepare(vm) {
      for (const [n, { code }] of programs.entries()) await vm.call('beamline_know', code, spreads[n]!.code, nameOf(n));
    },
    async last(vm) {
      const traced = tracedOf(await vm.call('beamline_last_error'));
      return traced.slot < 0 ? undefined : traced;
    },
    async first(vm) {
      const found = await vm.call('beamline_first_errors');
      return Array.isArray(found) ? found.map(tracedOf) : [];
    },
  };
}

const same = (a: SourcePosition, b: SourcePosition | undefined): boolean => b !== undefined && a.file === b.file && a.line === b.line;
