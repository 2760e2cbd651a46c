import { Fault } from '@beamline/core';
import luaparse from 'luaparse';

/** What `lua@5.3a` allows, or plain Lua 5.3. */
export type LuaProfile = 'lua@5.3a' | 'lua5.3';

/**
 * Refuses a source that a `lua@5.3a` process could not load: bytes outside ASCII, `goto` and labels (they crash
 * luerl's compiler), anything that isn't Lua 5.3. Runs nothing.
 * @throws Fault `vm/syntax`, `vm/forbidden` with `details.file` and `details.line`
 */
export function checkLua(code: string, file = 'module.lua'): void {
  parseLua(code, file, () => undefined);
}

type Visit = (node: luaparse.Node) => void;

/** Parses and checks; `visit` sees each node once, inner nodes before outer ones. */
export function parseLua(code: string, file: string, visit: Visit): void {
  const foreign = /[^\0-\x7f]/.exec(code);
  if (foreign !== null) {
    throw forbidden(file, lineAt(code, foreign.index), `the character ${JSON.stringify(foreign[0])} is not ASCII`,
      'Write it as \\ddd escapes of its UTF-8 bytes: the node reads sources as Latin-1.');
  }
  try {
    luaparse.parse(code, {
      luaVersion: '5.3', ranges: true, scope: false, comments: false,
      onCreateNode(node) {
        if (node.type === 'GotoStatement' || node.type === 'LabelStatement') {
          throw forbidden(file, lineAt(code, (node as Ranged).range[0]), 'goto and labels do not load on a node',
            'Use repeat … until true with break, or a function with return.');
        }
        const lacking = node.type === 'StringLiteral' ? lackingEscape(node.raw) : node.type === 'NumericLiteral' && !Number.isFinite(node.value) ? 'a number that no float holds' : undefined;
        if (lacking !== undefined) throw forbidden(file, lineAt(code, (node as Ranged).range[0]), `${lacking} does not load on a node`, 'Write \\ddd escapes of the bytes, and smaller numbers.');
        visit(node);
      },
    });
  } catch (error) {
    if (error instanceof Fault) throw error;
    const { line = 0, message } = error as Error & { line?: number };
    throw new Fault('vm/syntax', `${file}:${line}: ${message.replace(/^\[\d+:\d+\] /, '')}`, {
      hint: 'The source must be Lua 5.3.', details: { file, line }, cause: error,
    });
  }
}

/** Escapes of Lua 5.3 that luerl 1.3.0 does not read. */
function lackingEscape(raw: string): string | undefined {
  if (raw.startsWith('[')) return undefined;
  for (const [, escaped] of raw.matchAll(/\\(u\{|[^])/g)) {
    if (escaped === 'u{') return 'the escape \\u{…}';
    if (escaped === '\n' || escaped === '\r') return 'a line break after a backslash';
  }
  return undefined;
}

/** A node with its place in the source: [start, end) in characters. */
export type Ranged = luaparse.Node & { range: [number, number] };

function forbidden(file: string, line: number, what: string, hint: string): Fault {
  return new Fault('vm/forbidden', `${file}:${line}: ${what}`, { hint, details: { file, line } });
}

function lineAt(code: string, index: number): number {
  let line = 1;
  for (let at = code.indexOf('\n'); at !== -1 && at < index; at = code.indexOf('\n', at + 1)) line++;
  return line;
}
