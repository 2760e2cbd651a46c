import type { Expression, FunctionExpression, Origin, Statement, TableField } from './tree.ts';
import { quote } from './quote.ts';

/** One mapped place: 0-based line and column of the bundle, and where it came from. */
export interface PrintedPosition {
  line: number;
  column: number;
  at: Origin;
}
export interface Printed {
  code: string;
  positions: PrintedPosition[];
  /** Bytes of the bundle that came from each source, by index of source. */
  bytes: Map<number, number>;
}

const PRECEDENCE: Record<string, number> = {
  or: 1, and: 2, '<': 3, '>': 3, '<=': 3, '>=': 3, '~=': 3, '==': 3, '|': 4, '~': 5, '&': 6, '<<': 7, '>>': 7, '..': 8,
  '+': 9, '-': 9, '*': 10, '/': 10, '//': 10, '%': 10, '^': 12,
};
const UNARY = 11;
const WORD = /[A-Za-z0-9_]/;
/** Columns after which a minified line ends. */
const LINE = 2000;
const PREFIX = new Set(['Identifier', 'MemberExpression', 'IndexExpression', 'CallExpression']);

interface PrintOptions {
  minify: boolean;
  /** Blocks around it. @default 0 */
  depth?: number;
  /** Something stands before it. @default false */
  continued?: boolean;
}

/** Prints a program: one token stream without needless spaces (`minify`), or one statement a line. ASCII only. */
export function printLua(body: Statement[], options: PrintOptions): Printed {
  const { code, ...printed } = printPart(body, options);
  return { code: `${code.trimEnd()}\n`, ...printed };
}

/** Puts parts of a program that were printed by themselves behind each other. */
export function joinPrinted(parts: readonly Printed[], { minify }: { minify: boolean }): Printed {
  const chunks: string[] = [];
  const positions: PrintedPosition[] = [];
  const bytes = new Map<number, number>();
  let line = 0;
  let column = 0;
  let last = '';
  for (const part of parts) {
    if (part.code === '') continue;
    if (column > 0 && (!minify || WORD.test(last) || column > LINE)) {
      chunks.push('\n');
      line += 1;
      column = 0;
    }
    for (const place of part.positions) positions.push({ line: line + place.line, column: place.line === 0 ? column + place.column : place.column, at: place.at });
    for (const [source, count] of part.bytes) bytes.set(source, (bytes.get(source) ?? 0) + count);
    chunks.push(part.code);
    const end = part.code.lastIndexOf('\n');
    if (end >= 0) for (let at = part.code.indexOf('\n'); at >= 0; at = part.code.indexOf('\n', at + 1)) line += 1;
    column = end < 0 ? column + part.code.length : part.code.length - end - 1;
    last = part.code[part.code.length - 1] ?? '';
  }
  return { code: `${chunks.join('').trimEnd()}\n`, positions, bytes };
}

/** Without a line break at its end. */
export function printPart(body: readonly Statement[], { minify, depth: around = 0, continued = false }: PrintOptions): Printed {
  const chunks: string[] = [];
  const positions: PrintedPosition[] = [];
  const bytes = new Map<number, number>();
  let line = 0;
  let column = 0;
  let last = '';
  let lastIsNumber = false;
  let depth = around;
  let origin: Origin | undefined;
  let mapped: Origin | undefined;

  const raw = (token: string) => {
    chunks.push(token);
    column += token.length;
    last = token[token.length - 1] ?? last;
    if (origin) bytes.set(origin.source, (bytes.get(origin.source) ?? 0) + token.length);
  };
  const newline = () => {
    chunks.push('\n');
    line += 1;
    column = 0;
    last = '\n';
    mapped = undefined;
  };
  const word = (token: string) => {
    const first = token[0] ?? '';
    const glued = (WORD.test(last) && WORD.test(first)) || (last === '-' && first === '-') || (last === '.' && first === '.')
      || (lastIsNumber && first === '.') || (last === '[' && first === '[') || (last === '~' && first === '=');
    if (glued) raw(' ');
    if (origin && mapped !== origin) {
      positions.push({ line, column, at: origin });
      mapped = origin;
    }
    raw(token);
    lastIsNumber = /^[0-9.]/.test(token) && token !== '.' && token !== '..' && token !== '...';
  };
  const space = () => {
    if (!minify && last !== ' ') raw(' ');
  };
  const within = (node: { at?: Origin }, action: () => void) => {
    const outer = origin;
    origin = node.at ?? outer;
    action();
    origin = outer;
  };
  const commas = <T>(list: readonly T[], print: (item: T) => void) => list.forEach((item, index) => {
    if (index > 0) {
      word(',');
      space();
    }
    print(item);
  });
  const parens = (needed: boolean, action: () => void) => {
    if (needed) word('(');
    action();
    if (needed) word(')');
  };

  const block = (statements: readonly Statement[]) => {
    depth += 1;
    for (const statement of statements) {
      separate();
      within(statement, () => printStatement(statement));
    }
    depth -= 1;
    separate();
  };
  const separate = () => {
    if (!minify) {
      if (column > 0) newline();
      raw('  '.repeat(Math.max(0, depth - 1)));
      last = '\n';
    } else if (WORD.test(last) || column > LINE) newline(); // a newline costs no more than a space and gives errors a line
  };
  const functionBody = (node: FunctionExpression) => {
    word('(');
    commas(node.parameters, (parameter) => word(parameter.type === 'VarargLiteral' ? '...' : nameOf(parameter)));
    word(')');
    block(node.body);
    word('end');
  };
  const field = (node: TableField) => {
    if (node.type === 'TableKey') {
      word('[');
      expression(node.key, 0);
      word(']');
      word('=');
    } else if (node.type === 'TableKeyString') {
      word(node.key.name);
      word('=');
    }
    expression(node.value, 0);
  };
  const base = (node: Expression) => parens(!PREFIX.has(node.type), () => expression(node, 0));
  const expression = (node: Expression, outer: number): void => within(node, () => {
    switch (node.type) {
      case 'Identifier': word(nameOf(node)); break;
      case 'StringLiteral': word(quote(node.value)); break;
      case 'NumericLiteral': word(node.raw); break;
      case 'BooleanLiteral': word(String(node.value)); break;
      case 'NilLiteral': word('nil'); break;
      case 'VarargLiteral': parens(node.inParens === true, () => word('...')); break;
      case 'FunctionDeclaration': word('function'); functionBody(node); break;
      case 'MemberExpression': base(node.base); word(node.indexer); word(node.identifier.name); break;
      case 'IndexExpression': base(node.base); word('['); expression(node.index, 0); word(']'); break;
      case 'CallExpression':
        // The parentheses of `(f())` are printed by whoever needs exactly one value: here.
        parens(node.inParens === true && outer >= 0, () => {
          base(node.base);
          const [only] = node.arguments;
          if (minify && node.arguments.length === 1 && (only?.type === 'StringLiteral' || only?.type === 'TableConstructorExpression')) expression(only, 0);
          else {
            word('(');
            commas(node.arguments, (argument) => expression(argument, 0));
            word(')');
          }
        });
        break;
      case 'UnaryExpression':
        parens(UNARY < outer, () => {
          word(node.operator);
          expression(node.argument, UNARY);
        });
        break;
      case 'TableConstructorExpression':
        word('{');
        commas(node.fields, (item) => {
          if (minify && column > LINE) newline();
          field(item);
        });
        word('}');
        break;
      default: {
        const own = PRECEDENCE[node.operator] ?? 0;
        const rightAssociative = node.operator === '..' || node.operator === '^';
        parens(own < outer, () => {
          expression(node.left, rightAssociative ? own + 1 : own);
          space();
              word(node.operator);
          space();
          // `a ^ -b` needs no parentheses: unary operators may follow any binary one.
          expression(node.right, node.right.type === 'UnaryExpression' ? 0 : rightAssociative ? own : own + 1);
        });
      }
    }
  });
  const printStatement = (node: Statement): void => {
    switch (node.type) {
      case 'LocalStatement':
        word('local');
        commas(node.variables, (id) => word(nameOf(id)));
        if (node.init.length > 0) {
          space();
          word('=');
          space();
          commas(node.init, (value) => expression(value, fills(node) ? -1 : 0));
        }
        break;
      case 'AssignmentStatement':
        guardParen(node.variables[0]);
        commas(node.variables, (target) => expression(target, 0));
        space();
        word('=');
        space();
        commas(node.init, (value) => expression(value, fills(node) ? -1 : 0));
        break;
      case 'CallStatement':
        guardParen(node.expression);
        expression(node.expression, -1);
        break;
      case 'FunctionDeclaration':
        word('local');
        word('function');
        word(node.identifier ? nameOf(node.identifier) : '_');
        functionBody(node);
        break;
      case 'IfStatement':
        for (const clause of node.clauses) {
          if (clause.condition) {
            word(clause.type === 'IfClause' ? 'if' : 'elseif');
            expression(clause.condition, 0);
            space();
            word('then');
          } else word('else');
          block(clause.body);
        }
        word('end');
        break;
      case 'WhileStatement': word('while'); expression(node.condition, 0); space(); word('do'); block(node.body); word('end'); break;
      case 'RepeatStatement': word('repeat'); block(node.body); word('until'); expression(node.condition, 0); break;
      case 'DoStatement': space(); word('do'); block(node.body); word('end'); break;
      case 'ForNumericStatement':
        word('for');
        word(nameOf(node.variable));
        word('=');
        commas([node.start, node.end, ...(node.step ? [node.step] : [])], (bound) => expression(bound, 0));
        space();
        word('do');
        block(node.body);
        word('end');
        break;
      case 'ForGenericStatement':
        word('for');
        commas(node.variables, (id) => word(nameOf(id)));
        word('in');
        commas(node.iterators, (iterator) => expression(iterator, 0));
        space();
        word('do');
        block(node.body);
        word('end');
        break;
      case 'ReturnStatement':
        word('return');
        if (node.arguments.length > 0) space();
        // Luaparse takes the text of `return "end"` for the keyword.
        commas(node.arguments, (value) => parens(value.type === 'StringLiteral' && value.value === 'end', () => expression(value, 0)));
        break;
      case 'BreakStatement': word('break'); break;
      case 'GotoStatement': word('goto'); word(node.label.name); break;
      case 'LabelStatement': word(`::${node.label.name}::`);
    }
  };
  /** `f\n(g or h)()` would read as a call of `f`. */
  const guardParen = (node: Expression | undefined) => {
    for (let at = node; at; at = 'base' in at ? at.base : undefined) {
      if (PREFIX.has(at.type) && !(at.type === 'CallExpression' && at.inParens && at !== node)) continue;
      if (continued || chunks.length > 0) word(';');
      return;
    }
  };

  block(body);
  return { code: chunks.join('').trimEnd(), positions, bytes };
}

/** A value for each variable: a call's further values are dropped without parentheses. */
function fills({ variables, init }: { variables: readonly unknown[]; init: readonly Expression[] }): boolean {
  return variables.length === 1 && init.length === 1;
}

function nameOf(node: { name: string; variable?: { printed?: string; name: string } }): string {
  return node.variable ? (node.variable.printed ?? node.variable.name) : node.name;
}
