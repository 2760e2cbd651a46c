import { createKernel, type Build, type Kernel } from './kernel.ts';
import type { Role } from './role.ts';
import { offered } from '#target';

/**
 * Of everything that hangs on a `Kernel`: its own fields, worlds, tables, logs. All plain data, so that an upgrade leaves
 * it where it is and only the code around it changes. Another name, shape or meaning in any of them is another format:
 * such code is refused in place, and goes live as a new process. In Lua the fields of interfaces marked `@short` are named
 * by their position: a new one goes last. Format 1 had them under their full names.
 */
export const KERNEL_FORMAT = 2;

/** New code on its way in, piece by piece, and what it says of itself while it is loaded. */
export interface Upgrade {
  readonly format: number;
  readonly kernel: Kernel;
  readonly code: string[];
  /** Migrated pages, as `Restore-Pages` takes them. */
  readonly pages: string[];
  role: Role | undefined;
  build: Build | undefined;
}

/** The kernel of the code before, when this code is loaded by an upgrade; else a new one. */
export function takeOver(role: Role, build: Build): Kernel {
  const upgrade = offered() as Upgrade | undefined;
  if (upgrade === undefined) return createKernel(role, build);
  if (upgrade.format !== KERNEL_FORMAT) throw 'kernel/bad-code: another kernel format';
  upgrade.role = role;
  upgrade.build = build;
  return upgrade.kernel;
}
