import type { LuaModule } from '../lua-modules.ts';
import type { ModuleShape, ShapedStatement } from './module-shape.ts';

/** Statements of one module as they run when the bundle loads; others may run in between, at the place of their `require`. */
export interface Block {
  module: LuaModule;
  statements: (ShapedStatement | Block)[];
}

export interface Placement {
  /** What runs when the bundle loads, in order; the entry's block is the last. */
  blocks: Block[];
  /** Modules that run when they are first asked for. */
  lazy: LuaModule[];
}

export interface PlaceInput {
  /** The entry first. */
  modules: readonly LuaModule[];
  shapes: ReadonlyMap<LuaModule, ModuleShape>;
  /** They always run when first asked for. */
  isPublic: (module: LuaModule) => boolean;
}

/** Blocks inside one another cost levels of Lua's parser, which has 200. */
const MAX_NESTING = 60;

/**
 * Decides which modules need no function of their own. A module may run early where nobody can notice; others run in
 * place of the `require` that certainly comes first.
 */
export function placeModules({ modules, shapes, isPublic }: PlaceInput): Placement {
  const [entry] = modules;
  if (!entry) return { blocks: [], lazy: [] };
  const byFile = new Map(modules.map((module) => [module.file, module]));
  const shapeOf = (module: LuaModule) => shapes.get(module) as ModuleShape;
  const eagerOf = (module: LuaModule) => allStatements(shapeOf(module)).flatMap(({ eager }) => eager);
  const target = (module: LuaModule, call: ShapedStatement['eager'][number]) => byFile.get(module.requires.get(call) ?? '');

  const hoisted = findHoisted();
  const lazy = new Set(modules.filter((module) => module !== entry && !hoisted.has(module) && (isPublic(module) || shapeOf(module).value === undefined)));
  for (;;) {
    const before = lazy.size;
    const blocks = run();
    if (lazy.size > before) continue;
    const reached = new Set<LuaModule>(hoisted);
    const mark = (block: Block) => {
      reached.add(block.module);
      for (const inner of block.statements) if ('module' in inner) mark(inner);
    };
    blocks.forEach(mark);
    const rest = modules.filter((module) => !reached.has(module));
    if (rest.every((module) => lazy.has(module))) return { blocks: [...[...hoisted].map(plainBlock), ...blocks], lazy: rest };
    rest.forEach((module) => lazy.add(module));
  }

  /** Modules whose loading, and whose requires' loading, does nothing that could be noticed: dependencies first. */
  function findHoisted(): Set<LuaModule> {
    const found = new Set<LuaModule>();
    const refused = new Set<LuaModule>([entry as LuaModule]);
    const visit = (module: LuaModule): boolean => {
      if (found.has(module)) return true;
      if (refused.has(module)) return false;
      refused.add(module);
      const shape = shapeOf(module);
      if (isPublic(module) || shape.value === undefined || !allStatements(shape).every(({ isQuiet }) => isQuiet)) return false;
      const fine = eagerOf(module).every((call) => {
        const other = target(module, call);
        return other === undefined || visit(other);
      });
      if (!fine) return false;
      refused.delete(module);
      found.add(module);
      return true;
    };
    modules.forEach(visit);
    return found;
  }

  function plainBlock(module: LuaModule): Block {
    return { module, statements: allStatements(shapeOf(module)) };
  }

  /** Follows the entry through its requires. What turns out to need a function of its own is added to `lazy`. */
  function run(): Block[] {
    const late = new Set<LuaModule>();
    for (const module of modules) {
      if (hoisted.has(module)) continue;
      const eager = lazy.has(module) ? new Set() : new Set(eagerOf(module));
      for (const [call, file] of module.requires) {
        const other = byFile.get(file);
        if (other && !eager.has(call)) late.add(other);
      }
    }
    for (const module of hoisted) for (const file of module.requires.values()) if (byFile.has(file)) late.add(byFile.get(file) as LuaModule);
    const begun = new Set<LuaModule>();
    let isQuietSoFar = true;
    const visit = (module: LuaModule, nesting: number): Block[] => {
      begun.add(module);
      const ahead: Block[] = [];
      const own: Block = { module, statements: [] };
      let isCalm = true;
      for (const statement of allStatements(shapeOf(module))) {
        for (const call of statement.eager) {
          const other = target(module, call);
          if (!other || hoisted.has(other) || begun.has(other)) continue;
          if (lazy.has(other) || nesting >= MAX_NESTING || (late.has(other) && !isQuietSoFar)) {
            lazy.add(other);
            isQuietSoFar = false;
            isCalm = false;
            continue;
          }
          if (isCalm) ahead.push(...visit(other, nesting));
          else own.statements.push(...visit(other, nesting + 1));
        }
        if (!statement.isQuiet) {
          isCalm = false;
          isQuietSoFar = false;
        }
        own.statements.push(statement);
      }
      return [...ahead, own];
    };
    return visit(entry as LuaModule, 0);
  }
}

function allStatements({ statements, returns }: ModuleShape): ShapedStatement[] {
  return returns ? [...statements, returns] : statements;
}
