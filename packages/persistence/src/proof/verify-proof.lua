-- Defines verify_proof: checks a proof file (drawn in proof-file.ts) in plain Lua 5.3 and on luerl. Put it in front of a module.
local M, byte, sub, char, w = 0xffffffff, string.byte, string.sub, string.char, {}
local WIDTH = { u8 = 1, i8 = 1, bool = 1, u16 = 2, i16 = 2, u32 = 4, i32 = 4, eid = 4, i53 = 8, f64 = 8 }
local K = { 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2 }
local function be(x) return char(x >> 24, x >> 16 & 255, x >> 8 & 255, x & 255) end
local function hex(s) return (string.gsub(s, ".", function(c) return string.format("%02x", byte(c)) end)) end
local function uint(s) local n = 0 for i = #s, 1, -1 do n = n * 256 + byte(s, i) end return n end
local function sha256(s)
  local a1, b1, c1, d1, e1, f1, g1, h1 = 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
  s = s .. char(128) .. string.rep("\0", (119 - #s % 64) % 64) .. "\0\0\0\0" .. be(#s * 8 & M)
  for at = 1, #s, 64 do
    for i = 1, 16 do local p, q, r, t = byte(s, at + i * 4 - 4, at + i * 4 - 1) w[i] = p << 24 | q << 16 | r << 8 | t end
    for i = 17, 64 do local x, y = w[i - 15] | w[i - 15] << 32, w[i - 2] | w[i - 2] << 32 -- doubled: a rotation is a shift
      w[i] = w[i - 16] + w[i - 7] + ((x >> 7 ~ x >> 18 ~ w[i - 15] >> 3) & M) + ((y >> 17 ~ y >> 19 ~ w[i - 2] >> 10) & M) & M
    end
    local a, b, c, d, e, f, g, h = a1, b1, c1, d1, e1, f1, g1, h1
    for i = 1, 64 do local x, y = e | e << 32, a | a << 32
      local t = h + ((x >> 6 ~ x >> 11 ~ x >> 25) & M) + (e & f ~ (M ~ e) & g) + K[i] + w[i]
      h, g, f, e, d, c, b, a = g, f, e, d + t & M, c, b, a, t + ((y >> 2 ~ y >> 13 ~ y >> 22) & M) + (a & b ~ a & c ~ b & c) & M
    end
    a1, b1, c1, d1, e1, f1, g1, h1 = a1 + a & M, b1 + b & M, c1 + c & M, d1 + d & M, e1 + e & M, f1 + f & M, g1 + g & M, h1 + h & M
  end
  return be(a1) .. be(b1) .. be(c1) .. be(d1) .. be(e1) .. be(f1) .. be(g1) .. be(h1)
end
local function climb(hash, n, count, path, i) -- from leaf n to the top; a path that does not fit that place leads nowhere
  if count <= 1 or i == 0 then return count == 1 and i == 0 and n == 0 and sha256("\1" .. hash) or "" end
  local half = 1 while half * 2 < count do half = half * 2 end
  return sha256("\2" .. (n < half and climb(hash, n, half, path, i - 1) .. path[i] or path[i] .. climb(hash, n - half, count - half, path, i - 1)))
end
function verify_proof(file, expected) -- what is proved of the world with expected.root, or nil and why not
  local at, p, values, row = 1, 5, {}, nil
  local function take(size) at = at + size return sub(file, at - size, at - 1) end
  local function num(size) return uint(take(size)) end
  local function hashes() local list = {} for i = 1, num(1) do list[i] = take(32) end return list end
  local magic, process, anchor, slot, root = take(5), take(num(1)), take(num(1)), num(8), hex(take(32))
  local entity, tables, table, size = num(4), take(4), num(4), take(4)
  local header, page, in_table, in_world = take(uint(size)), num(4), hashes(), hashes()
  local cells, count = sub(file, at + 32), uint(sub(file, at + 32, at + 35))
  local sum, component, rows = sha256(sub(file, 1, at - 1)), string.match(header, '^%["([^"]*)",(%d+),')
  if magic ~= "BLPF\1" or take(32) ~= sum then return nil, "the file is damaged" end
  local pages = math.tointeger(tonumber(rows and #rows < 10 and rows or "0")) + 1023 >> 10
  local leaf = sha256("\3" .. size .. header .. climb(sha256(cells), page, pages, in_table, #in_table))
  if hex(sha256("\4" .. tables .. climb(leaf, table, uint(tables), in_world, #in_world))) ~= root or root ~= expected.root then return nil, "the root is another" end
  local proved = { root = root, process = process, slot = slot, anchor = anchor, entity = entity, component = component, values = values }
  for key, value in pairs(expected) do if proved[key] ~= value then return nil, "the " .. key .. " is another" end end
  string.gsub(header, '%["([^"]*)","(%w+)"%]', function(name, kind)
    local from = kind == "str" and p + count * 4 or p
    for r = 0, count - 1 do
      local cell = sub(cells, from, from - 1 + (WIDTH[kind] or uint(sub(cells, p + r * 4, p + r * 4 + 3))))
      if name == "$entity" then row = uint(cell) == entity and r or row
      elseif r == row and kind ~= "f64" then values[name] = kind == "str" and cell or uint(cell) - (sub(kind, 1, 1) == "i" and uint(cell) >> #cell * 8 - 1 << #cell * 8 or 0) end
      from = from + #cell
    end
    p = from
  end)
  return row and proved, not row and "the entity is not in that page" or nil
end
