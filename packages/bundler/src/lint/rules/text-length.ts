import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { bare } from '../syntax.ts';
import { isString, typeOf } from '../value-type.ts';

const COUNTS = new Set('length charCodeAt charAt codePointAt at slice substring substr indexOf lastIndexOf padStart padEnd split toUpperCase toLowerCase'.split(' '));
const LOCAL = new Set('localeCompare normalize toLocaleUpperCase toLocaleLowerCase isWellFormed'.split(' '));

/** Lua's strings are bytes: outside ASCII they are longer, and have no letters. */
export const textLength: LintRule = {
  name: 'text-length', summary: 'length, case and positions of text outside ASCII', level: 'warning', kinds: [ts.SyntaxKind.PropertyAccessExpression],
  check(node, { checker, report }) {
    const { expression, name } = node as ts.PropertyAccessExpression;
    if (!COUNTS.has(name.text) && !LOCAL.has(name.text)) return;
    const type = typeOf(expression, checker);
    if (!isString(type)) return;
    if (LOCAL.has(name.text)) return report(name, { message: `${name.text} depends on the host's language tables; Lua has none`, hint: 'Compare with < and ===; treat player text as opaque.' });
    const text = type.isStringLiteral() ? type.value : literalText(bare(expression));
    if (text !== undefined && !isAscii(text)) {
      report(name, { message: `${name.text} counts bytes in Lua and UTF-16 units in JavaScript: ${JSON.stringify(text)} is not ASCII`, hint: 'Use ASCII for names and ids; treat player text as opaque.' });
    } else if (text === undefined && (name.text === 'toUpperCase' || name.text === 'toLowerCase')) {
      report(name, { message: `${name.text} knows only ASCII letters in Lua`, hint: 'Fine for ids of your own; let the client change what players typed.', level: 'advice' });
    }
  },
};

const isAscii = (text: string) => [...text].every((char) => (char.codePointAt(0) ?? 0) < 128);
const literalText = (node: ts.Expression) => (ts.isStringLiteralLike(node) ? node.text : ts.isTemplateExpression(node) ? node.head.text + node.templateSpans.map(({ literal }) => literal.text).join('') || undefined : undefined);
