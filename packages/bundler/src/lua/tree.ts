import luaparse from 'luaparse';
import { scanTokens } from './grouped.ts';

/** Where a node came from: index into the bundle's list of sources, 1-based line, 0-based column. */
export interface Origin {
  source: number;
  line: number;
  column: number;
}

/** One declared name. Identity is the object: names are chosen anew when the bundle is printed. */
export interface Variable {
  name: string;
  /** Keeps its name: host globals' stand-ins such as `self`. */
  fixed?: boolean;
  /** Name in the printed bundle. */
  printed?: string;
}

interface Located {
  at?: Origin;
  /** Of statements: known to have no effect but on the variable that they set. */
  removable?: boolean;
  /** Of calls and `...`: written in parentheses, which truncates them to one value. */
  inParens?: boolean;
}

export interface Identifier extends Located { type: 'Identifier'; name: string; variable?: Variable }
export interface StringLiteral extends Located { type: 'StringLiteral'; /** One character per byte, 0–255. */ value: string }
export interface NumericLiteral extends Located { type: 'NumericLiteral'; raw: string; value: number }
export interface BooleanLiteral extends Located { type: 'BooleanLiteral'; value: boolean }
export interface NilLiteral extends Located { type: 'NilLiteral' }
export interface VarargLiteral extends Located { type: 'VarargLiteral' }
export interface FunctionExpression extends Located {
  type: 'FunctionDeclaration';
  identifier: Identifier | null;
  isLocal: boolean;
  parameters: (Identifier | VarargLiteral)[];
  body: Statement[];
  /** Compiled from TypeScript: whoever calls it takes one value, whatever `return` stands without one. */
  givesOne?: boolean;
}
export interface MemberExpression extends Located { type: 'MemberExpression'; indexer: '.' | ':'; base: Expression; identifier: { name: string } }
export interface IndexExpression extends Located { type: 'IndexExpression'; base: Expression; index: Expression }
export interface CallExpression extends Located { type: 'CallExpression'; base: Expression; arguments: Expression[] }
export interface BinaryExpression extends Located { type: 'BinaryExpression' | 'LogicalExpression'; operator: string; left: Expression; right: Expression }
export interface UnaryExpression extends Located { type: 'UnaryExpression'; operator: string; argument: Expression }
export type TableField =
  | { type: 'TableKey'; key: Expression; value: Expression }
  | { type: 'TableKeyString'; key: { name: string }; value: Expression }
  | { type: 'TableValue'; value: Expression };
export interface TableConstructor extends Located { type: 'TableConstructorExpression'; fields: TableField[] }
export type Expression =
  | Identifier | StringLiteral | NumericLiteral | BooleanLiteral | NilLiteral | VarargLiteral | FunctionExpression
  | MemberExpression | IndexExpression | CallExpression | BinaryExpression | UnaryExpression | TableConstructor;

export interface LocalStatement extends Located { type: 'LocalStatement'; variables: Identifier[]; init: Expression[] }
export interface AssignmentStatement extends Located { type: 'AssignmentStatement'; variables: Expression[]; init: Expression[] }
export interface CallStatement extends Located { type: 'CallStatement'; expression: Expression }
export interface IfClause { type: 'IfClause' | 'ElseifClause' | 'ElseClause'; condition?: Expression; body: Statement[] }
export interface IfStatement extends Located { type: 'IfStatement'; clauses: IfClause[] }
export interface WhileStatement extends Located { type: 'WhileStatement'; condition: Expression; body: Statement[] }
export interface RepeatStatement extends Located { type: 'RepeatStatement'; condition: Expression; body: Statement[] }
export interface DoStatement extends Located { type: 'DoStatement'; body: Statement[] }
export interface ForNumericStatement extends Located {
  type: 'ForNumericStatement'; variable: Identifier; start: Expression; end: Expression; step: Expression | null; body: Statement[];
}
export interface ForGenericStatement extends Located { type: 'ForGenericStatement'; variables: Identifier[]; iterators: Expression[]; body: Statement[] }
export interface ReturnStatement extends Located { type: 'ReturnStatement'; arguments: Expression[] }
export interface BreakStatement extends Located { type: 'BreakStatement' }
export interface GotoStatement extends Located { type: 'GotoStatement' | 'LabelStatement'; label: { name: string } }
export type Statement =
  | LocalStatement | AssignmentStatement | CallStatement | FunctionExpression | IfStatement | WhileStatement | RepeatStatement
  | DoStatement | ForNumericStatement | ForGenericStatement | ReturnStatement | BreakStatement | GotoStatement;

/** A node of the luaparse tree before it is brought into the shapes above. */
type Raw = Record<string, unknown> & { type: string; loc?: { start: { line: number; column: number } }; range?: [number, number] };

/**
 * Parses Lua 5.3 into the shapes above: calls without parentheses become plain calls, `function a.b()` an assignment.
 * Strings hold one character per byte of UTF-8.
 *
 * @throws luaparse's SyntaxError with `line`, `column` and `index`.
 */
export function parseLua(code: string, locate: (line: number, column: number) => Origin | undefined): Statement[] {
  const bytes = Buffer.from(code, 'utf8').toString('latin1').replace(/^#[^\n]*/, '');
  const { groups, returnedEnds } = scanTokens(bytes);
  const chunk = luaparse.parse(hideEnds(bytes, returnedEnds), { luaVersion: '5.3', comments: false, encodingMode: 'pseudo-latin1', locations: true, ranges: true });
  const context: Context = { locate, grouped: groups, ends: new Set(returnedEnds.map(([start]) => start)) };
  return (chunk.body as unknown as Raw[]).map((node) => normalise(node, context)) as unknown as Statement[];
}

interface Context {
  locate: (line: number, column: number) => Origin | undefined;
  grouped: ReadonlySet<string>;
  ends: ReadonlySet<number>;
}

/** Luaparse takes the string of `return "end"` for the keyword: while it parses, another of the same length stands there. */
function hideEnds(source: string, ends: readonly (readonly [number, number])[]): string {
  return ends.reduce((text, [start, end]) => `${text.slice(0, start)}"${' '.repeat(end - start - 2)}"${text.slice(end)}`, source);
}

function normalise(node: Raw, context: Context): Raw {
  const { loc, range, ...shape } = node;
  for (const [key, value] of Object.entries(shape)) {
    if (Array.isArray(value)) shape[key] = value.map((item: Raw) => normalise(item, context));
    else if (value !== null && typeof value === 'object') shape[key] = normalise(value as Raw, context);
  }
  const at = loc && context.locate(loc.start.line, loc.start.column);
  if (range && node.type === 'StringLiteral' && context.ends.has(range[0])) shape['value'] = 'end';
  if (range && MULTIPLE.has(node.type) && context.grouped.has(range.join(':'))) shape['inParens'] = true;
  if (at) shape['at'] = at;
  return plain(shape as Raw);
}

const MULTIPLE = new Set(['CallExpression', 'StringCallExpression', 'TableCallExpression', 'VarargLiteral']);

function plain(node: Raw): Raw {
  const { at } = node;
  switch (node.type) {
    case 'StringCallExpression': return { ...node, type: 'CallExpression', arguments: [node['argument']] };
    case 'TableCallExpression': return { ...node, type: 'CallExpression', arguments: [node['arguments']] };
    case 'FunctionDeclaration': {
      const target = node['identifier'] as Raw | null;
      if (!target || node['isLocal']) return node;
      const method = target['indexer'] === ':';
      const self = { type: 'Identifier', name: 'self', at };
      const value = { ...node, identifier: null, parameters: [...(method ? [self] : []), ...(node['parameters'] as Raw[])] };
      return { type: 'AssignmentStatement', variables: [method ? { ...target, indexer: '.' } : target], init: [value], at };
    }
    default: return node;
  }
}
