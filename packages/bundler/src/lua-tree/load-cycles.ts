import type { Finding } from '../finding.ts';
import type { LuaModule } from '../lua-modules.ts';
import type { ModuleShape } from './module-shape.ts';

/**
 * Modules that certainly require themselves while they load: Lua would load them again and again. Modules that enter
 * themselves in `package.loaded` first are in order.
 */
export function findLoadCycles(modules: readonly LuaModule[], shapes: ReadonlyMap<LuaModule, ModuleShape>): Finding[] {
  const byFile = new Map(modules.map((module) => [module.file, module]));
  const findings: Finding[] = [];
  const done = new Set<LuaModule>();
  const path: LuaModule[] = [];
  const visit = (module: LuaModule) => {
    if (done.has(module)) return;
    path.push(module);
    const shape = shapes.get(module);
    for (const { eager } of [...(shape?.statements ?? []), ...(shape?.returns ? [shape.returns] : [])]) {
      for (const call of eager) {
        const other = byFile.get(module.requires.get(call) ?? '');
        if (!other || other.package.registers) continue;
        const start = path.indexOf(other);
        if (start < 0) visit(other);
        else if (!module.package.registers) {
          const cycle = [...path.slice(start), other].map(({ name }) => name).join(' → ');
          findings.push({
            code: 'bundler/require-cycle', message: `the module requires itself while it loads: ${cycle}`, file: module.name,
            hint: 'Move this require into the function that needs it, or set package.loaded["name"] before it.',
            ...(call.at && { line: call.at.line, column: call.at.column + 1 }),
          });
        }
      }
    }
    path.pop();
    done.add(module);
  };
  modules.forEach(visit);
  return findings;
}
