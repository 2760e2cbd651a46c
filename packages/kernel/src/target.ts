/** True in Lua bundles. The condition `lua` of the subpath import `#target` swaps this module; rollup folds the constant. */
export const LUA: boolean = false;
