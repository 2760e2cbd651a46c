import ts from 'typescript';
import * as tstl from 'typescript-to-lua';
import { buildMinimalLualibBundle, getLuaLibExportToFeatureMap } from 'typescript-to-lua/dist/LuaLib.js';

/** TypeScriptToLua's runtime functions named in `codes` with all they need, as one module that returns them; '' when none. */
export function lualibFor(codes: readonly string[]): string {
  const host: tstl.EmitHost = { ...ts.sys, getCurrentDirectory: () => ts.sys.getCurrentDirectory() };
  const featureOf = getLuaLibExportToFeatureMap(tstl.LuaTarget.Lua53, host);
  const features = new Set<tstl.LuaLibFeature>();
  for (const code of codes) {
    for (const [name] of code.matchAll(/\b(?:__TS__\w+|Error|RangeError|ReferenceError|SyntaxError|TypeError|URIError|Map|Set|WeakMap|WeakSet|Symbol)\b/g)) {
      const feature = featureOf.get(name);
      if (feature) features.add(feature);
    }
  }
  return features.size === 0 ? '' : buildMinimalLualibBundle(features, tstl.LuaTarget.Lua53, host);
}
