import { expect, it } from '@jest/globals';
import * as javascript from '../src/target.ts';
import * as lua from '../src/target-lua.ts';

it('offers the same functions to JavaScript and to Lua', () => {
  expect(Object.keys(lua).sort()).toEqual(Object.keys(javascript).sort());
  expect([javascript.LUA, lua.LUA]).toEqual([false, true]);
});
