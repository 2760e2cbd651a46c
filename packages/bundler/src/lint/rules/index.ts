import type { LintRule } from '../rule.ts';
import { arrayHole } from './array-hole.ts';
import { asynchrony } from './asynchrony.ts';
import { bitOperator } from './bit-operator.ts';
import { chance } from './chance.ts';
import { clock } from './clock.ts';
import { collectionCost } from './collection-cost.ts';
import { division } from './division.ts';
import { errorObject } from './error-object.ts';
import { floatMath } from './float-math.ts';
import { floatText } from './float-text.ts';
import { hostApi } from './host-api.ts';
import { keyOrder } from './key-order.ts';
import { loopClosure } from './loop-closure.ts';
import { looseEquality } from './loose-equality.ts';
import { nullOrUndefined } from './null-or-undefined.ts';
import { numberText } from './number-text.ts';
import { recursion } from './recursion.ts';
import { regex } from './regex.ts';
import { remainder } from './remainder.ts';
import { sortOrder } from './sort-order.ts';
import { syntaxWithoutLua } from './syntax-without-lua.ts';
import { textLength } from './text-length.ts';
import { truthiness } from './truthiness.ts';

/** Every rule, by name. */
export const lintRules: readonly LintRule[] = [
  arrayHole, asynchrony, bitOperator, chance, clock, collectionCost, division, errorObject, floatMath, floatText, hostApi, keyOrder,
  loopClosure, looseEquality, nullOrUndefined, numberText, recursion, regex, remainder, sortOrder, syntaxWithoutLua, textLength, truthiness,
];
