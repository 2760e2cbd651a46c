import luaparse from 'luaparse';

/** Token types after which a parenthesis begins a call's arguments, not a group. */
const KEYWORD = 4;
const STRING = 2;
const IDENTIFIER = 8;
const PUNCTUATOR = 32;
const END = 1;

/**
 * Where a source writes an expression in parentheses of its own, as `start:end` of what is inside. Luaparse forgets them,
 * but `(f())` is one value where `f()` may be many.
 */
export function groupedSpans(source: string): ReadonlySet<string> {
  const lexer = luaparse.parse({ wait: true, luaVersion: '5.3', encodingMode: 'pseudo-latin1', comments: false }) as unknown as Lexer;
  lexer.write(source);
  const spans = new Set<string>();
  const open: { isGroup: boolean; start: number }[] = [];
  let previous: Token | undefined;
  let awaitsStart = false;
  for (let token = lexer.lex(); token.type !== END; token = lexer.lex()) {
    const top = open[open.length - 1];
    if (awaitsStart && top) top.start = token.range[0];
    awaitsStart = false;
    if (token.type === PUNCTUATOR && token.value === '(') {
      open.push({ isGroup: !endsPrefix(previous), start: 0 });
      awaitsStart = true;
    } else if (token.type === PUNCTUATOR && token.value === ')') {
      const group = open.pop();
      if (group?.isGroup && previous) spans.add(`${group.start}:${previous.range[1]}`);
    }
    previous = token;
  }
  return spans;
}

interface Token {
  type: number;
  value: string;
  range: [number, number];
}

interface Lexer {
  write(source: string): void;
  lex(): Token;
}

function endsPrefix(token: Token | undefined): boolean {
  if (!token) return false;
  if (token.type === PUNCTUATOR) return token.value === ')' || token.value === ']' || token.value === '}';
  return token.type === IDENTIFIER || token.type === STRING || (token.type === KEYWORD && token.value === 'function');
}
