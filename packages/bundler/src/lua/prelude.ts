import type { Statement, Variable } from './tree.ts';
import { parseLua } from './tree.ts';
import { bindScopes } from './scope.ts';
import { remembered } from './units.ts';
import { walk } from './walk.ts';

/**
 * Lua that the compiler's guards call. Each piece is included only when used. `@name` refers to another piece.
 * Errors are plain strings without position: luerl loses tables, and its messages have no positions.
 */
const PIECES = {
  fail: 'local function fail(message) error(message, 0) end',
  // The allowance counts down in an upvalue; the kernel sets it through the table. Until it does, there is no limit.
  work: 'local work = 9007199254740991',
  depth: 'local depth = 0',
  budget: `local budget = setmetatable({}, {
    __index = function(_, key) if key == "n" then return work end return depth end,
    __newindex = function(_, key, value) if key == "n" then work = value else depth = value end end,
  })`,
  overWork: 'local function overWork() fail("kernel/work-budget: too much for one message") end',
  // A negative limit must not add to the allowance.
  charge: `local function charge(turns)
    if turns > 0 then
      work = work - turns
      if work < 0 then overWork() end
    end
    return -(-turns // 1)
  end`,
  overDepth: 'local function overDepth() fail("kernel/recursion: calls nest too deep") end',
  // A call that may recurse costs more than a turn: swallowing its error in a loop must end soon as well.
  enter: `local function enter()
    depth = depth + 1
    work = work - 4
    if depth > 2000 then overDepth() end
    if work < 0 then overWork() end
  end`,
  leave: 'local function leave(...) depth = depth - 1 return ... end',
  back: 'local function back(before, ...) depth = before return ... end',
  // Real Lua allows 200 C calls inside one another, luerl any number: both stop at the same depth.
  hostCall: `local function hostCall(host, ...)
    local before = depth
    depth = depth + 20
    if depth > 2000 then depth = before overDepth() end
    return back(before, host(...))
  end`,
  guardedPcall: 'local function guardedPcall(...) return hostCall(pcall, ...) end',
  numbers: `local function numbers(list, digits, base, low, per, size, count, adds)
    local filled, sum = 0, 0
    for at = 1, #digits, size do
      local code = 0
      for next = at, at + size - 1 do code = code * 92 + string.byte(digits, next) - 35 end
      for _ = 1, per do
        if filled < count then
          filled = filled + 1
          sum = (adds and sum or 0) + low + code % base
          list[filled] = sum
          code = code // base
        end
      end
    end
    return list
  end`,
  texts: `local function texts(list, text)
    local from, filled = 1, 0
    local to = string.find(text, "|", 1, true)
    while to do
      filled = filled + 1
      list[filled] = string.sub(text, from, to - 1)
      from = to + 1
      to = string.find(text, "|", from, true)
    end
    return list
  end`,
  records: `local function records(list, names, columns)
    for row = 1, #columns[1] do
      local record = {}
      for at = 1, #names do record[names[at]] = columns[at][row] end
      list[row] = record
    end
    return list
  end`,
  // Fills a table when somebody first looks into it; from then on it is a table like any other.
  lazy: `local function lazy(fill)
    local function whole(list)
      setmetatable(list, nil)
      return fill(list)
    end
    return setmetatable({}, {
      __index = function(list, key) return whole(list)[key] end,
      __len = function(list) return #whole(list) end,
    })
  end`,
  byZero: 'local function byZero() fail("kernel/arithmetic: division by zero") end',
  divisor: 'local function divisor(value) if value == 0 then byZero() end return value end',
  shift: 'local function shift(bits) if bits < 0 or bits > 63 then fail("kernel/arithmetic: shift by " .. bits) end return bits end',
  power: `local function power(base, exponent)
    if base == 0 and exponent < 0 or base < 0 and exponent % 1 ~= 0 or base ~= 0 and exponent * math.log(base < 0 and -base or base, 2) >= 1023 then
      fail("kernel/arithmetic: power out of range")
    end
    return base ^ exponent
  end`,
} as const;

/**
 * What luerl's `pcall` can't contain: replaced in the host's own tables, so that no way of calling them escapes. The
 * original is a parameter, not a local: a local may move into the program's table of spilled variables, and through it
 * code that an upgrade has replaced would live on.
 */
const LIBRARY: Record<string, string> = {
  sqrt: 'math.sqrt = (function(f) return function(x) if not (x >= 0) then fail("kernel/arithmetic: sqrt of " .. tostring(x)) end return f(x) end end)(math.sqrt)',
  log: `math.log = (function(f) return function(x, base)
    if not (x > 0) or base and (not (base > 0) or base == 1) then fail("kernel/arithmetic: log of " .. tostring(x)) end
    if base then return f(x, base) end
    return f(x)
  end end)(math.log)`,
  exp: 'math.exp = (function(f) return function(x) if not (x < 709) then fail("kernel/arithmetic: exp of " .. tostring(x)) end return f(x) end end)(math.exp)',
  fmod: 'math.fmod = (function(f) return function(x, y) if y == 0 then fail("kernel/arithmetic: division by zero") end return f(x, y) end end)(math.fmod)',
  asin: 'math.asin = (function(f) return function(x) if not (x >= -1 and x <= 1) then fail("kernel/arithmetic: asin of " .. tostring(x)) end return f(x) end end)(math.asin)',
  acos: 'math.acos = (function(f) return function(x) if not (x >= -1 and x <= 1) then fail("kernel/arithmetic: acos of " .. tostring(x)) end return f(x) end end)(math.acos)',
  char: `string.char = (function(f) return function(...)
    local codes = {...}
    for i = 1, #codes do
      local code = codes[i]
      if not (code >= 0 and code <= 255) then fail("kernel/arithmetic: no byte " .. tostring(code)) end
    end
    return f(...)
  end end)(string.char)`,
  rep: `string.rep = (function(f) return function(text, times, separator)
    if times * (#text + #(separator or "")) > 16777216 then fail("kernel/work-budget: a string over 16 MB") end
    return f(text, times, separator or "")
  end end)(string.rep)`,
};

/** Names of library functions that are replaced when a program mentions them. */
export const GUARDED_NAMES: ReadonlySet<string> = new Set(Object.keys(LIBRARY));

export type Piece = keyof typeof PIECES;

const variables = new Map<string, Variable>(Object.keys(PIECES).map((piece) => [piece, { name: piece }]));

/** The variable of a piece: the same in every program. */
export const pieceVariable = (piece: Piece): Variable => variables.get(piece) as Variable;

/** What a program needs of the prelude, to stand before everything else. `libraries`: names of library functions to replace. */
export function preludeFor(body: readonly Statement[], libraries: Iterable<string>): readonly Statement[] {
  const needed = new Set<string>();
  const need = (piece: Piece): void => {
    if (needed.has(piece)) return;
    needed.add(piece);
    for (const other of pieces) if (other !== piece && new RegExp(`\\b${other}\\b`).test(PIECES[piece])) need(other);
  };
  for (const unit of body) piecesIn(unit).forEach(need);
  const replaced = Object.keys(LIBRARY).filter((name) => new Set(libraries).has(name));
  if (replaced.length > 0) need('fail');
  const sources = [...pieces.filter((piece) => needed.has(piece)).map((piece) => PIECES[piece]), ...replaced.map((name) => LIBRARY[name] ?? '')];
  return sources.flatMap((source) => statementsOf(source));
}

const byVariable = new Map([...variables].map(([piece, variable]) => [variable, piece as Piece]));

const piecesIn = remembered((unit): readonly Piece[] => {
  const found = new Set<Piece>();
  walk(unit, (node) => {
    const piece = node.type === 'Identifier' && node.variable ? byVariable.get(node.variable) : undefined;
    if (piece) found.add(piece);
  });
  return [...found];
});

const parsed = new Map<string, Statement[]>();

function statementsOf(source: string): Statement[] {
  const known = parsed.get(source) ?? bound(source);
  parsed.set(source, known);
  return known;
}

const pieces = Object.keys(PIECES) as Piece[];

/** The piece's own local is the variable that guards already refer to. */
function bound(source: string): Statement[] {
  const body = parseLua(source, () => undefined);
  bindScopes(body, (name) => variables.get(name));
  const [first] = body;
  const id = first?.type === 'FunctionDeclaration' ? first.identifier : first?.type === 'LocalStatement' ? first.variables[0] : undefined;
  const own = id && variables.get(id.name);
  const inner = id?.variable;
  if (own && inner) {
    walk(body, (node) => {
      if (node.type === 'Identifier' && node.variable === inner) node.variable = own;
    });
    id.variable = own;
  }
  return body;
}
