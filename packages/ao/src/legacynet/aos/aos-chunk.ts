import { hash } from 'node:crypto';
import { Fault } from '@beamline/core';
import { AOS_ADAPTER } from './aos-adapter.ts';

/**
 * A Lua program that defines `compute(base, req, opts)` as one chunk for aos: for the Eval of a process's owner, or as
 * the data of a process that boots from it. Evaluated again it changes nothing and shows the program's state; where
 * another program is installed it fails.
 * @throws Fault `ao/not-ascii`
 */
export function aosChunk(source: string): string {
  if (!/^[\t\n\r\x20-\x7e]*$/.test(source)) {
    throw new Fault('ao/not-ascii', 'a program for aos must be ASCII: other bytes do not reach a process unchanged', {
      hint: 'Build it with the bundler, which escapes them.',
    });
  }
  const sha256 = sourceHash(source);
  return `if Beamline then
  if Beamline.sha256 ~= "${sha256}" then error("beamline: another program is installed: " .. Beamline.sha256, 0) end
  Beamline.show()
  return "beamline ${sha256}"
end
for _, received in ipairs(Inbox or {}) do if received.Id == ao.id then received.Data = nil end end
local function adapt(sha256, load)${AOS_ADAPTER}end
return adapt("${sha256}", function(...)
${source}
end)
`;
}

/** The program inside a chunk; `undefined` when the text is none of `aosChunk`'s. */
export function sourceOfChunk(chunk: string): string | undefined {
  const [, sha256] = /Beamline\.sha256 ~= "([0-9a-f]{64})"/.exec(chunk) ?? [];
  const from = chunk.lastIndexOf(`return adapt("${sha256}", function(...)\n`);
  const source = from < 0 ? undefined : chunk.slice(chunk.indexOf('\n', from) + 1, -'\nend)\n'.length);
  return source !== undefined && aosChunk(source) === chunk ? source : undefined;
}

/** How `Beamline.sha256` names a program inside aos, hex. */
export function sourceHash(source: string): string {
  return hash('sha256', source, 'hex');
}

/**
 * A chunk as Evals of at most `maxBytes` each. More than one: each stages a part, in any order and as often as it comes;
 * the last puts them together, when all parts of just this chunk are there and the whole has its length and digest, and
 * evaluates it, or changes nothing.
 */
export function evalsOf(chunk: string, maxBytes: number): string[] {
  if (chunk.length <= maxBytes) return [chunk];
  const sha256 = hash('sha256', chunk, 'hex');
  const stage = `if not BeamlineParts or BeamlineParts.sha256 ~= "${sha256}" then BeamlineParts = { sha256 = "${sha256}" } end `;
  const size = maxBytes - FRAME_BYTES;
  if (size < 1) throw new Fault('ao/bad-option', `an Eval needs more than ${FRAME_BYTES} bytes, not ${maxBytes}`, { hint: 'Give maxEvalBytes of 100,000 or so.' });
  const level = '='.repeat(quoteLevel(chunk));
  const parts = Array.from({ length: Math.ceil(chunk.length / size) }, (_, i) => chunk.slice(i * size, (i + 1) * size));
  return [
    // A line break directly behind the bracket is not part of the text.
    ...parts.map((part, i) => `${stage}BeamlineParts[${i + 1}] = [${level}[\n${part}]${level}] return "staged ${i + 1}"`),
    `${stage}for i = 1, ${parts.length} do if not BeamlineParts[i] then error("beamline: part " .. i .. " is missing", 0) end end
local code = table.concat(BeamlineParts)
if #code ~= ${chunk.length} then error("beamline: the parts are " .. #code .. " bytes, not ${chunk.length}", 0) end
local a, b = #code, #code
for i = 1, #code do
  local byte = string.byte(code, i)
  a, b = (a * 1000003 + byte) % 2147483647, (b * 999983 + byte) % 2147483629
end
if a .. "-" .. b ~= "${digestOf(chunk)}" then error("beamline: the parts are not what was sent", 0) end
local run, reason = load(code, "=beamline")
if not run then error("beamline: " .. reason, 0) end
BeamlineParts = nil
return run()`,
  ];
}

/** Two polynomial sums over the bytes: what aos computes in milliseconds. Lost or changed pieces do not keep both. */
function digestOf(text: string): string {
  let [a, b] = [text.length, text.length];
  for (let at = 0; at < text.length; at += 1) {
    const byte = text.charCodeAt(at);
    [a, b] = [(a * 1_000_003 + byte) % 2_147_483_647, (b * 999_983 + byte) % 2_147_483_629];
  }
  return `${a}-${b}`;
}

/** What a part is wrapped in. */
const FRAME_BYTES = 300;

/** A long bracket that does not occur in the text. A part may end with one of its signs, hence one more. */
function quoteLevel(text: string): number {
  let level = 1;
  for (const [found] of text.matchAll(/\]=*/g)) level = Math.max(level, found.length + 1);
  return level;
}
