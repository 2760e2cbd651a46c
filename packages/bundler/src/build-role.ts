import { dirname, join, resolve } from 'node:path';
import { assembleLua, finishBundle, moduleSizes, sourceMapOf } from './assemble.ts';
import type { Bundle } from './bundle.ts';
import { compileTypeScript } from './compile-ts.ts';
import { describeFinding } from './finding.ts';
import { createModuleResolver, type Target } from './module-resolver.ts';

export interface RoleSource {
  role: string;
  /** The role's module: default export (TypeScript) or returned value (Lua). Relative to `root` or absolute. */
  entry: string;
  target: Target;
  /** The project's folder: paths in maps, manifests and messages are relative to it. */
  root: string;
  /** @default true */
  minify?: boolean;
  /** Identifiers replaced by constants (JSON text), for `declare const DEBUG: boolean`. */
  define?: Readonly<Record<string, string>>;
}

/** Builds one role for one target. */
export async function buildRole({ role, entry, target, root: folder, minify = true, define = {} }: RoleSource): Promise<Bundle> {
  const root = resolve(folder);
  const file = resolve(root, entry);
  const main = join(dirname(file), '__beamline_entry__.ts');
  const layout = '';
  const virtual = new Map([[main, luaEntry(file, layout)]]);
  const resolver = createModuleResolver(target);
  const { modules, shared, sources, warnings } = await compileTypeScript({ entry: main, root, resolver, virtual, define });
  const printed = assembleLua({ modules, shared: shared.all(), minify });
  const map = sourceMapOf(`${role}.lua`, printed, sources.list());
  return finishBundle(role, target, printed.code, map, moduleSizes(printed, sources.list()), warnings.map(describeFinding));
}

function luaEntry(file: string, layout: string): string {
  return `import role from ${JSON.stringify(file)};
import { createProcess } from '@beamline/kernel';
declare let compute: ReturnType<typeof createProcess>;
compute = createProcess(role, { layout: ${JSON.stringify(layout)} });
`;
}
