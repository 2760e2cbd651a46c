import type { Expression, Statement } from '../lua/tree.ts';
import { walk } from '../lua/walk.ts';
import { isField } from './require-calls.ts';

/** What a module does with Lua's `package`. */
export interface PackageUses {
  /** Modules that it names: `package.loaded["name"]`, `package.preload.name`. */
  names: Set<string>;
  /** `package.loaded[...]`: itself. */
  itself: boolean;
  /** It may reach any module by name. */
  any: boolean;
  /** It enters modules in `package.loaded` itself. */
  registers: boolean;
}

export function findPackageUses(body: Statement[]): PackageUses {
  const uses: PackageUses = { names: new Set(), itself: false, any: false, registers: false };
  const seen = new Set<Expression>();
  const isPackage = (node: Expression) => (node.type === 'Identifier' && !node.variable && node.name === 'package') || isField(node, '_G', 'package');
  const isRegistry = (node: Expression) => node.type === 'MemberExpression' && isPackage(node.base) && (node.identifier.name === 'loaded' || node.identifier.name === 'preload');
  walk(body, (node) => {
    if (node.type === 'AssignmentStatement') {
      for (const target of node.variables) if ((target.type === 'MemberExpression' || target.type === 'IndexExpression') && isRegistry(target.base)) uses.registers = true;
    }
    if ((node.type === 'MemberExpression' || node.type === 'IndexExpression') && isRegistry(node.base)) {
      seen.add(node.base);
      if (node.type === 'MemberExpression') uses.names.add(node.identifier.name);
      else if (node.index.type === 'StringLiteral') uses.names.add(node.index.value);
      else if (node.index.type === 'VarargLiteral') uses.itself = true;
      else uses.any = true;
    } else if (node.type === 'MemberExpression' && isPackage(node.base)) {
      if (isRegistry(node) && !seen.has(node)) uses.any = true;
      seen.add(node.base);
    } else if (isPackage(node as Expression) && !seen.has(node as Expression)) uses.any = true;
    return undefined;
  });
  return uses;
}
