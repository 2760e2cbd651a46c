import { assembleLua, finishBundle, moduleSizes, sourceMapOf } from './assemble.ts';
import type { Bundle } from './bundle.ts';
import { entryBeside } from './build-role.ts';
import { compileTypeScript } from './compile-ts.ts';
import { describeFinding } from './finding.ts';
import { createModuleResolver } from './module-resolver.ts';

export interface BuildInput {
  role: string;
  /** Absolute. */
  entry: string;
  root: string;
  minify: boolean;
  define: Readonly<Record<string, string>>;
  layoutHash: string;
}

/** A role's Lua: its module, the kernel and what they need, defining the global `compute`. */
export async function buildLua({ role, entry, root, minify, define, layoutHash }: BuildInput): Promise<Bundle> {
  const main = entryBeside(entry, 'lua');
  const virtual = new Map([[main, luaEntry(entry, layoutHash)]]);
  const { modules, shared, sources, warnings } = await compileTypeScript({
    entry: main, root, resolver: createModuleResolver('lua'), virtual, define,
  });
  const printed = assembleLua({ modules, shared: shared.all(), minify });
  const map = sourceMapOf(`${role}.lua`, printed, sources.list());
  return finishBundle(role, 'lua', printed.code, map, moduleSizes(printed, sources.list()), warnings.map(describeFinding));
}

function luaEntry(file: string, layoutHash: string): string {
  return `import role from ${JSON.stringify(file)};
import { createProcess } from '@beamline/kernel';
declare let compute: ReturnType<typeof createProcess>;
compute = createProcess(role, { layout: ${JSON.stringify(layoutHash)} });
`;
}
