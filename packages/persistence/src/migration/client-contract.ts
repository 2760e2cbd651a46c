import type { Layout, LayoutComponent } from '@beamline/ecs';
import type { LayoutDifference } from './layout-changes.ts';
import { typeOf } from './retype.ts';

/**
 * What players' programs depend on, and no more: the names of the actions they send, and the components they read as
 * data (out of snapshots, pages, proofs) with ids, names, types and order of their fields. What an action answers is text
 * of the game's own, about which a layout says nothing.
 */
export interface ClientContract {
  actions: readonly string[];
  /** Names of the components that clients read. */
  reads: readonly string[];
}

/** Additions break nobody: an action more, a field at the end. */
export function clientChanges(from: Layout, to: Layout, clients: { from: ClientContract; to: ClientContract }): LayoutDifference[] {
  const changes: LayoutDifference[] = [];
  const breaks = (path: string, what: LayoutDifference['what'], why: string): void =>
    void changes.push({ path, what, verdict: 'BREAKS-CLIENTS', why, do: 'keep it for a while beside the new one, or tell whoever writes clients first' });
  for (const action of clients.from.actions) {
    if (!clients.to.actions.includes(action)) breaks(`actions.${action}`, 'removed', 'clients send it; they would be refused');
  }
  for (const name of clients.from.reads) {
    const before = from.components.find((component) => component.name === name);
    const after = to.components.find((component) => component.name === name);
    if (before === undefined) continue;
    if (after === undefined) breaks(name, 'removed', 'clients read it');
    else readerChanges(before, after, breaks);
  }
  return changes;
}

function readerChanges(before: LayoutComponent, after: LayoutComponent, breaks: (path: string, what: LayoutDifference['what'], why: string) => void): void {
  before.fields.forEach((field, n) => {
    const path = `${before.name}.${field.name}`;
    const place = after.fields.findIndex(({ name }) => name === field.name);
    const now = after.fields[place];
    if (now === undefined) breaks(path, 'removed', 'clients read it');
    else if (typeOf(now) !== typeOf(field)) breaks(path, 'retyped', `clients read ${typeOf(field)}, and would get ${typeOf(now)}`);
    else if (now.id !== field.id) breaks(path, 'renumbered', `clients know it by id ${field.id}`);
    else if (place !== n) breaks(path, 'reordered', `clients read it at place ${n + 1}, it would be at ${place + 1}`);
  });
}
