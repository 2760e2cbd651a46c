import luaparse from 'luaparse';

/** Token types after which a parenthesis begins a call's arguments, not a group. */
const KEYWORD = 4;
const STRING = 2;
const IDENTIFIER = 8;
const PUNCTUATOR = 32;
const END = 1;

export interface Tokens {
  /**
   * Where a source writes an expression in parentheses of its own, as `start:end` of what is inside. Luaparse forgets
   * them, but `(f())` is one value where `f()` may be many.
   */
  groups: ReadonlySet<string>;
  /** Where a string of the text `end` follows `return`. */
  returnedEnds: [number, number][];
}

/** What the tokens of a source say and its tree does not. */
export function scanTokens(source: string): Tokens {
  const lexer = luaparse.parse({ wait: true, luaVersion: '5.3', encodingMode: 'pseudo-latin1', comments: false }) as unknown as Lexer;
  lexer.write(source);
  const groups = new Set<string>();
  const returnedEnds: [number, number][] = [];
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
      if (group?.isGroup && previous) groups.add(`${group.start}:${previous.range[1]}`);
    }
    if (token.type === STRING && token.value === 'end' && previous?.type === KEYWORD && previous.value === 'return') returnedEnds.push([...token.range]);
    previous = token;
  }
  return { groups, returnedEnds };
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
