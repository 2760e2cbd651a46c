/**
 * The `lua@5.3a` profile, second part: `string`, after luerl 1.3.0. What raises there raises here: a nil given for a
 * missing argument above all.
 */
export const PRELUDE_STRINGS = String.raw`
local registry = debug.getregistry()
local hooks = registry['vm.hooks']
local crash, badArgument, textOf = hooks.crash, hooks.badArgument, hooks.textOf
local type, select, error, tonumber = type, select, error, tonumber
local floor, spread = math.floor, table.unpack
local format, find, match, gsub, char = string.format, string.find, string.match, string.gsub, string.char

local string = string
function string.char(...)
  local n = select('#', ...)
  if n == 1 and (...) == nil then return '' end
  for i = 1, n do
    local code = tonumber((select(i, ...)))
    if code == nil or floor(code) ~= code then badArgument('char') end
    if code < 0 or code > 255 then crash('string.char(' .. textOf(code) .. ') is not a byte') end
  end
  return char(...)
end

-- A nil that is given is no missing argument to luerl, and numbers are written its own way.
local sub, byte, rep = string.sub, string.byte, string.rep
local function subject(s, name, n, ...)
  if type(s) == 'number' then return textOf(s) end
  if type(s) ~= 'string' then badArgument(name, n + 1, s, ...) end
  return s
end
function string.sub(s, i, ...)
  local j = ...
  if i == nil then badArgument('sub', 1, s) end
  if j == nil and select('#', ...) > 0 then badArgument('sub', 3, s, i, j) end
  if type(s) ~= 'string' then s = subject(s, 'sub', j == nil and 1 or 2, i, j) end
  return sub(s, i, j)
end
function string.byte(s, ...)
  local i, j = ...
  if i == nil and select('#', ...) > 0 or j == nil and select('#', ...) > 1 then badArgument('byte', select('#', ...) + 1, s, ...) end
  if type(s) ~= 'string' then s = subject(s, 'byte', select('#', ...), ...) end
  if j == nil then return (byte(s, i)) end
  local found = { byte(s, i, j) }
  return spread(found, 1, #found > 0 and #found or 1)
end

-- luerl's patterns lack %f and %1, and match finds nothing in an empty rest, not even ''.
local function pattern(p)
  if type(p) ~= 'string' or not find(p, '%%[f1-9]') then return p end
  local class = match(gsub(p, '%%%%', ''), '%%([f1-9])')
  if class == 'f' then error('malformed pattern', 0) end
  if class ~= nil then error('malformed pattern (class ' .. class .. ')', 0) end
  return p
end
function string.find(s, p, ...)
  local init, plain = ...
  if init == nil and select('#', ...) > 0 then badArgument('find', 4, s, p, init, plain) end
  if type(s) ~= 'string' then s = subject(s, 'find', 3, p, init, plain) end
  if type(p) == 'number' then p = textOf(p) end
  if not plain then return find(s, pattern(p), init) end
  if p == '' then crash('string.find of an empty text') end
  return find(s, p, init, true)
end
function string.match(s, p, ...)
  local init = ...
  if init == nil and select('#', ...) > 0 then badArgument('match', 3, s, p, init) end
  if type(s) ~= 'string' then s = subject(s, 'match', select('#', ...) + 1, p, init) end
  if type(p) == 'number' then p = textOf(p) end
  if (tonumber(init) or 1) > #s then return nil end
  return match(s, pattern(p), init)
end
function string.gsub(s, p, replacement, limit)
  if type(s) == 'number' then s = textOf(s) end
  if type(replacement) == 'string' and find(replacement, '%1', 1, true) and not find(gsub(p, '%%.', ''), '(', 1, true) then
    error("invalid index in 'capture': 1", 0)
  end
  if limit == nil then return gsub(s, pattern(p), replacement) end
  if (tonumber(limit) or 0) <= 0 then badArgument('gsub') end
  return gsub(s, pattern(p), replacement, limit)
end
function string.gmatch() badArgument('gmatch') end
function string.dump() badArgument('dump') end

-- A half is rounded away from zero, where C rounds it to even.
local function fixed(x, decimals)
  local text, exact = format('%.' .. decimals .. 'f', x), format('%.' .. decimals + 30 .. 'f', x)
  if find(exact, '50*$', #exact - 30 + 1) ~= #exact - 30 + 1 then return text end
  return format('%.' .. decimals .. 'f', x + (x < 0 and -1 or 1) * 10.0 ^ -(decimals + 2))
end
local function exponential(x, decimals)
  return (gsub(format('%.' .. decimals .. 'e', x), 'e([+-])0+(%d)', 'e%1%2'))
end
-- Erlang's ~g: that many digits, zeros kept, an exponent below 0.1 and from 10,000.
local function general(x, digits)
  local a = x < 0 and -x or x
  local e = a < 0.1 and -2 or a < 1 and -1 or a < 10 and 0 or a < 100 and 1 or a < 1000 and 2 or a < 10000 and 3 or -2
  if (digits <= 1 and e == -1) or (digits - 1 > e and e >= -1) then return fixed(x, digits - 1 - e) end
  return exponential(x, digits <= 1 and 1 or digits - 1)
end
local FLOATS = { f = fixed, F = fixed, e = exponential, E = exponential, g = general, G = general }

local function formatted(flags, width, precision, kind, value)
  if kind == 's' then return format('%' .. gsub(flags, '0', '') .. width .. precision .. 's', textOf(value)) end
  local digits = tonumber((gsub(precision, '^%.', '')))
  local x = tonumber(value)
  if x == nil then return nil end
  local text
  if FLOATS[kind] then
    if digits == 0 and (kind == 'f' or kind == 'F') then return nil end
    text = FLOATS[kind](x + 0.0, floor(digits or 6))
  elseif find(kind, '[xXo]') then
    if floor(x) ~= x then return nil end
    text = (x < 0 and '-' or '') .. format('%' .. precision .. kind, x < 0 and -floor(x) or floor(x))
  else
    if floor(x) ~= x then return nil end
    return format('%' .. flags .. width .. precision .. (kind == 'u' and 'd' or kind), floor(x))
  end
  if sub(text, 1, 1) ~= '-' then text = (find(flags, '+', 1, true) and '+' or find(flags, ' ', 1, true) and ' ' or '') .. text end
  local missing = (tonumber(width) or 0) - #text
  if missing <= 0 then return text end
  if find(flags, '-', 1, true) then return text .. rep(' ', floor(missing)) end
  if not find(flags, '0', 1, true) then return rep(' ', floor(missing)) .. text end
  return (gsub(text, '^[+ -]?', function(sign) return sign .. rep('0', floor(missing)) end, 1))
end

function string.format(...)
  local n = select('#', ...)
  local template, args, i = (...), { select(2, ...) }, 0
  if n == 0 or (type(template) ~= 'string' and type(template) ~= 'number') then badArgument('format', n, ...) end
  local given, count = { ... }, n
  local function bad() badArgument('format', count, spread(given, 1, count)) end
  local text = gsub(textOf(template), '%%([#0 +-]*)(%d*)(%.?%d*)(.?)', function(flags, width, precision, kind)
    if kind == '%' then
      if flags .. width .. precision ~= '' then bad() end
      return '%'
    end
    i = i + 1
    if i >= n then bad() end
    if kind == 'q' then return format('%q', textOf(args[i])) end
    if kind == '' or not find('sdiuxXocfFeEgG', kind, 1, true) then bad() end
    local piece = formatted(flags, width, precision, kind, args[i])
    if piece == nil then bad() end
    return piece
  end)
  return text
end
return ''
`;
