/** See target.ts. */
export const LUA: boolean = true;
