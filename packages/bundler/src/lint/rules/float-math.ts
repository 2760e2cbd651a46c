import ts from 'typescript';
import { replace } from '../fix.ts';
import type { LintRule } from '../rule.ts';
import { bare, staticCall } from '../syntax.ts';

const NAMES = 'sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh exp expm1 log log2 log10 log1p pow cbrt hypot fround';
const INEXACT = new Set(NAMES.split(' ').map((name) => `Math.${name}`));
const MISSING = new Set(['Math.imul', 'Math.clz32']);

/** Only + - * / and sqrt are rounded alike everywhere; the rest depends on the C library beneath. */
export const floatMath: LintRule = {
  name: 'float-math', summary: 'Math.sin, Math.pow, ** and their like', level: 'warning',
  kinds: [ts.SyntaxKind.CallExpression, ts.SyntaxKind.AsteriskAsteriskToken, ts.SyntaxKind.AsteriskAsteriskEqualsToken],
  check(node, { checker, file, report }) {
    const power = ts.isCallExpression(node) ? node.arguments : ts.isBinaryExpression(node.parent) ? [node.parent.left, node.parent.right] : [];
    const name = ts.isCallExpression(node) ? staticCall(node, checker) : '**';
    if (name === undefined || (name !== '**' && !INEXACT.has(name) && !MISSING.has(name))) return;
    if (MISSING.has(name)) return report(node, { message: `${name} does not exist in Lua`, hint: 'u32Mul of @beamline/ecs multiplies within 32 bits.' });
    const whole = ts.isCallExpression(node) ? node : node.parent;
    const [base, exponent] = power;
    const isSquare = (name === '**' || name === 'Math.pow') && node.kind !== ts.SyntaxKind.AsteriskAsteriskEqualsToken
      && base && exponent && ts.isIdentifier(bare(base)) && exponent.getText(file) === '2';
    report(whole, {
      message: `${name} depends on the engine's library: its last digits differ, and Lua makes it a float`,
      hint: 'Use integers or fixed point; tables of values that the build computes serve for curves and angles.',
      ...(isSquare && { fix: replace(whole, file, `(${base.getText(file)} * ${base.getText(file)})`) }),
    });
  },
};
