import ts from 'typescript';
import type { ExportRef, Links } from '../ts-links.ts';
import { usersOf } from './kernel-users.ts';
import { mergeTaken, type MessageContract, type SentMessage, type SentTag, type TakenTag } from './message-contract.ts';

export interface TsMessagesInput {
  program: ts.Program;
  /** Sources of the game that have live code, in order of evaluation. */
  files: readonly ts.SourceFile[];
  dead: ReadonlySet<ts.Node>;
  /** The role's module. */
  role: string;
  /** Where the kernel declares what it exports under a name. */
  kernel(name: string): ExportRef | undefined;
  links: Links;
}

/** Reads from a typed program what its role sends and takes. */
export function typescriptMessages({ program, files, dead, role, kernel, links }: TsMessagesInput): MessageContract {
  const checker = program.getTypeChecker();
  const own = new Set(files.map(({ fileName }) => fileName));
  const declarationOf = (name: ts.Node): ts.Declaration | undefined => {
    const symbol = checker.getSymbolAtLocation(name);
    if (symbol === undefined) return undefined;
    const found = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return found.valueDeclaration ?? found.declarations?.[0];
  };
  const refs = ['send', 'intTag', 'textTag'].flatMap((name) => {
    const ref = kernel(name);
    return ref === undefined ? [] : [{ ...ref, as: name }];
  });
  const kernelNames = new Map(refs.map((ref) => [`${ref.file}\0${ref.name}`, ref.as]));
  const senders = usersOf(refs.filter(({ as }) => as === 'send'), links);
  const readers = usersOf(refs.filter(({ as }) => as !== 'send'), links);
  /** Which of the kernel's functions is called, whatever it was imported as. */
  const kernelCall = ({ expression }: ts.CallExpression): string | undefined => {
    const declared = declarationOf(ts.isPropertyAccessExpression(expression) ? expression.name : expression);
    const name = declared && ts.isFunctionDeclaration(declared) ? declared.name?.text : undefined;
    return name === undefined ? undefined : kernelNames.get(`${declared!.getSourceFile().fileName}\0${name}`);
  };

  const sends: SentMessage[] = [];
  const collect = (node: ts.Node): void => {
    if (dead.has(node)) return;
    if (ts.isCallExpression(node) && kernelCall(node) === 'send' && node.arguments[0] !== undefined) sends.push(...sent(node.arguments[0]));
    ts.forEachChild(node, collect);
  };
  files.filter(senders.calls).forEach(collect);

  return { sends, takes: Object.fromEntries([...actionsOf(role)].map(([action, node]) => [action, mergeTaken(taken(node))]).sort(([a], [b]) => (a! < b! ? -1 : 1))) };

  /** One for each way in which its literals may turn out. */
  function sent(argument: ts.Expression): SentMessage[] {
    const value = bare(argument);
    if (!ts.isObjectLiteralExpression(value)) return [{ tags: {}, open: true }];
    const property = (name: string): ts.Expression | undefined => value.properties.flatMap((each) =>
      (ts.isPropertyAssignment(each) && nameOf(each.name) === name ? [each.initializer] : ts.isShorthandPropertyAssignment(each) && each.name.text === name ? [each.name] : []))[0];
    const spread = value.properties.some(ts.isSpreadAssignment);
    const texts = (name: string): readonly (string | undefined)[] => {
      const found = property(name);
      const literal = found === undefined ? undefined : literals(found)?.filter((each) => typeof each === 'string');
      return literal === undefined || literal.length === 0 ? [undefined] : literal;
    };
    const { tags, open } = sentTags(property('tags'), spread);
    const receiver = property('to');
    const beginning = receiver && beginningOf(bare(receiver));
    return (beginning === undefined ? texts('to') : [`${beginning}*`]).flatMap((to) => texts('action').map((action): SentMessage => ({
      ...(to === undefined ? {} : { to }), ...(action === undefined ? {} : { action }), tags, ...(open ? { open } : {}),
    })));
  }

  function sentTags(node: ts.Expression | undefined, spread: boolean): { tags: Record<string, SentTag>; open: boolean } {
    const value = node && bare(node);
    if (value === undefined) return { tags: {}, open: spread };
    if (!ts.isObjectLiteralExpression(value)) return { tags: {}, open: true };
    const tags: Record<string, SentTag> = {};
    let open = spread;
    for (const each of value.properties) {
      const name = each.name && nameOf(each.name);
      if (name === undefined || ts.isSpreadAssignment(each)) open = true;
      else if (ts.isPropertyAssignment(each)) tags[name] = sentTag(each.initializer);
      else if (ts.isShorthandPropertyAssignment(each)) tags[name] = sentTag(each.name, checker.getShorthandAssignmentValueSymbol(each));
    }
    return { tags, open };
  }

  function sentTag(node: ts.Expression, symbol?: ts.Symbol): SentTag {
    const type = symbol === undefined ? checker.getTypeAtLocation(node) : checker.getTypeOfSymbolAtLocation(symbol, node);
    const parts = type.isUnion() ? type.types : [type];
    const all = (flags: ts.TypeFlags): boolean => parts.every((part) => (part.flags & flags) !== 0);
    const kind = all(ts.TypeFlags.NumberLike) ? 'number' : all(ts.TypeFlags.StringLike) ? 'text' : 'unknown';
    const values = parts.flatMap((part) => (part.isStringLiteral() || part.isNumberLiteral() ? [part.value] : []));
    return { kind, ...(kind !== 'unknown' && values.length === parts.length && values.length <= MAX_VALUES ? { values } : {}) };
  }

  function literals(node: ts.Expression): (string | number)[] | undefined {
    const { values } = sentTag(node);
    return values === undefined ? undefined : [...values];
  }

  /** Handlers by action: what stands beside each name in `defineRole({ actions })`, spreads followed. */
  function actionsOf(path: string): Map<string, ts.Node> {
    const found = new Map<string, ts.Node>();
    const exported = program.getSourceFile(path)?.statements.find(ts.isExportAssignment)?.expression;
    const spec = (node: ts.Expression): void => {
      const value = followed(node);
      if (ts.isCallExpression(value) && value.arguments[0] !== undefined) spec(value.arguments[0]);
      else if (ts.isObjectLiteralExpression(value)) for (const each of value.properties) {
        if (ts.isSpreadAssignment(each)) spec(each.expression);
        else if (each.name !== undefined && nameOf(each.name) === 'actions') actions(ts.isPropertyAssignment(each) ? each.initializer : each.name as ts.Identifier);
      }
      // `{ ...world }` of a role: what it was defined with.
      else if (ts.isPropertyAccessExpression(value)) actions(value);
    };
    const actions = (node: ts.Expression): void => {
      const value = followed(node);
      if (ts.isPropertyAccessExpression(value) && value.name.text === 'actions') spec(value.expression);
      else if (ts.isObjectLiteralExpression(value)) for (const each of value.properties) {
        if (ts.isSpreadAssignment(each)) actions(each.expression);
        else {
          const name = each.name && nameOf(each.name);
          if (name !== undefined) found.set(name, ts.isPropertyAssignment(each) ? each.initializer : ts.isShorthandPropertyAssignment(each) ? each.name : each);
        }
      }
    };
    if (exported !== undefined) spec(exported);
    return found;
  }

  /** The initializer of a constant, through imports. */
  function followed(node: ts.Expression): ts.Expression {
    const value = bare(node);
    if (!ts.isIdentifier(value)) return value;
    const declared = valueOf(value);
    if (declared !== undefined && ts.isVariableDeclaration(declared) && declared.initializer !== undefined) return followed(declared.initializer);
    return declared !== undefined && ts.isExportAssignment(declared) ? followed(declared.expression) : value;
  }

  function valueOf(name: ts.Identifier): ts.Declaration | undefined {
    const { parent } = name;
    if (!ts.isShorthandPropertyAssignment(parent)) return declarationOf(name);
    const symbol = checker.getShorthandAssignmentValueSymbol(parent);
    const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return target?.valueDeclaration ?? target?.declarations?.[0];
  }

  /** Every reading of a tag that an action may reach through the game's own functions. */
  function taken(handler: ts.Node): TakenTag[] {
    const tags: TakenTag[] = [];
    const seen = new Set<string>();
    const visit = (node: ts.Node, required: boolean): void => {
      if (dead.has(node)) return;
      if (ts.isCallExpression(node) && readers.calls(node.getSourceFile())) tags.push(...takenBy(node, required));
      if (ts.isIdentifier(node)) enter(valueOf(node), required);
      for (const [child, always] of ways(node)) visit(child, required && always);
    };
    const enter = (declared: ts.Declaration | undefined, required: boolean): void => {
      const isCode = declared !== undefined && (ts.isFunctionDeclaration(declared) || (ts.isVariableDeclaration(declared) && declared.initializer !== undefined));
      if (!isCode || !own.has(declared.getSourceFile().fileName) || !readers.leadsTo(declared.getSourceFile())) return;
      const key = `${declared.getSourceFile().fileName}\0${declared.pos}\0${required}`;
      if (seen.has(key)) return;
      seen.add(key);
      visit(declared, required);
    };
    if (readers.leadsTo(handler.getSourceFile())) visit(handler, true);
    return tags;
  }

  function takenBy(call: ts.CallExpression, required: boolean): TakenTag[] {
    const how = kernelCall(call);
    if (how !== 'intTag' && how !== 'textTag') return [];
    const [, name, first, second] = call.arguments;
    const [tag] = (name && literals(name)) ?? [];
    if (typeof tag !== 'string') return [];
    const bound = (node: ts.Expression | undefined): number | undefined => {
      const value = node && (literals(node)?.[0] ?? folded(node));
      return typeof value === 'number' ? value : undefined;
    };
    if (how === 'textTag') {
      const maxLength = bound(first);
      return [{ name: tag, required, kind: 'text', ...(maxLength === undefined ? {} : { maxLength }) }];
    }
    const [min, max] = [bound(first), bound(second)];
    return [{ name: tag, required, kind: 'number', ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }];
  }

  /** `SLOTS - 1`: what bounds are made of. */
  function folded(node: ts.Expression): number | undefined {
    const value = followed(node);
    if (ts.isNumericLiteral(value)) return Number(value.text);
    if (ts.isPrefixUnaryExpression(value) && value.operator === ts.SyntaxKind.MinusToken) {
      const operand = folded(value.operand);
      return operand === undefined ? undefined : -operand;
    }
    if (!ts.isBinaryExpression(value)) return undefined;
    const [left, right] = [folded(value.left), folded(value.right)];
    if (left === undefined || right === undefined) return undefined;
    switch (value.operatorToken.kind) {
      case ts.SyntaxKind.PlusToken: return left + right;
      case ts.SyntaxKind.MinusToken: return left - right;
      case ts.SyntaxKind.AsteriskToken: return left * right;
      default: return undefined;
    }
  }
}

/** `battle-${shard}`, or `'battle-' + shard`: what is written down of a name. */
function beginningOf(node: ts.Expression): string | undefined {
  if (ts.isTemplateExpression(node)) return node.head.text === '' ? undefined : node.head.text;
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  return ts.isStringLiteralLike(node.left) && node.left.text !== '' ? node.left.text : undefined;
}

/** More values than these are no choice that somebody wrote down. */
const MAX_VALUES = 16;

/** Children, and whether each is gone through whenever the node is. */
function ways(node: ts.Node): [ts.Node, boolean][] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  const always = (is: (child: ts.Node) => boolean): [ts.Node, boolean][] => children.map((child) => [child, is(child)]);
  if (ts.isIfStatement(node)) return always((child) => child === node.expression);
  if (ts.isConditionalExpression(node)) return always((child) => child === node.condition);
  if (ts.isForStatement(node) || ts.isForOfStatement(node) || ts.isForInStatement(node) || ts.isWhileStatement(node)) return always((child) => child !== node.statement);
  if (ts.isSwitchStatement(node)) return always((child) => child === node.expression);
  if (ts.isCatchClause(node)) return always(() => false);
  if (ts.isBinaryExpression(node) && [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken].includes(node.operatorToken.kind)) {
    return always((child) => child !== node.right);
  }
  return always(() => true);
}

function bare(node: ts.Expression): ts.Expression {
  return ts.isSatisfiesExpression(node) || ts.isAsExpression(node) || ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) ? bare(node.expression) : node;
}

const nameOf = (name: ts.PropertyName): string | undefined =>
  (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name) ? name.text : undefined);
