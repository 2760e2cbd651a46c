import type { Layout, LayoutComponent, LayoutField } from './layout.ts';

/** What `world.lock` keeps of one role: every id ever given. Ids never change and never come back. JavaScript only. */
export interface LayoutLock {
  readonly format: 1;
  readonly components: readonly LockedComponent[];
}

export interface LockedComponent extends Omit<LayoutComponent, 'fields'> {
  readonly fields: readonly LockedField[];
  readonly retired?: true;
}

export interface LockedField extends LayoutField {
  readonly retired?: true;
}

export type LayoutChangeKind =
  | 'component-added' | 'component-removed' | 'components-reordered'
  | 'field-added' | 'field-removed' | 'field-retyped' | 'fields-reordered';

/** One difference between what is locked and what the sources say. All but `…-added` need a migration. */
export interface LayoutChange {
  readonly kind: LayoutChangeKind;
  readonly component: string;
  readonly field?: string;
}

export interface LockVerdict {
  /** The sources' layout under locked ids: what to build and hash. */
  readonly layout: Layout;
  /** What to write to `world.lock` once the changes are accepted. */
  readonly lock: LayoutLock;
  /** Empty when nothing changed. */
  readonly changes: readonly LayoutChange[];
}

/** Gives a layout its lasting ids, and says how it differs from the lock. Applies nothing silently. */
export function lockLayout(previous: LayoutLock | undefined, current: Layout): LockVerdict {
  const changes: LayoutChange[] = [];
  const before = previous?.components ?? [];
  const known = new Map(before.filter(({ retired }) => !retired).map((component) => [component.name, component]));
  let nextId = before.reduce((id, component) => Math.max(id, component.id), 0) + 1;
  const components: LayoutComponent[] = [];
  const locked: LockedComponent[] = [];
  for (const component of current.components) {
    const old = known.get(component.name);
    if (previous && !old) changes.push({ kind: 'component-added', component: component.name });
    const id = old?.id ?? nextId++;
    const { fields, lockedFields } = lockFields(component, old?.fields, changes);
    components.push({ id, name: component.name, fields });
    locked.push({ id, name: component.name, fields: lockedFields });
  }
  for (const component of before) {
    if (!component.retired && components.some(({ id }) => id === component.id)) continue;
    if (!component.retired) changes.push({ kind: 'component-removed', component: component.name });
    locked.push({ ...component, retired: true });
  }
  if (isReordered(before, components)) changes.push({ kind: 'components-reordered', component: '' });
  return { layout: { format: 1, components }, lock: { format: 1, components: locked }, changes };
}

function lockFields(
  { name, fields: current }: LayoutComponent, before: readonly LockedField[] | undefined, changes: LayoutChange[],
): { fields: LayoutField[]; lockedFields: LockedField[] } {
  const known = new Map(before?.filter(({ retired }) => !retired).map((field) => [field.name, field]));
  let nextId = (before ?? []).reduce((id, field) => Math.max(id, field.id), 0) + 1;
  const fields = current.map((field) => {
    const old = known.get(field.name);
    if (before && !old) changes.push({ kind: 'field-added', component: name, field: field.name });
    if (old && (old.type !== field.type || old.length !== field.length || old.scale !== field.scale)) {
      changes.push({ kind: 'field-retyped', component: name, field: field.name });
    }
    return { ...field, id: old?.id ?? nextId++ };
  });
  const lockedFields: LockedField[] = [...fields];
  for (const field of before ?? []) {
    if (!field.retired && fields.some(({ id }) => id === field.id)) continue;
    if (!field.retired) changes.push({ kind: 'field-removed', component: name, field: field.name });
    lockedFields.push({ ...field, retired: true });
  }
  if (isReordered(before ?? [], fields)) changes.push({ kind: 'fields-reordered', component: name });
  return { fields, lockedFields };
}

/** Whether survivors of the old order stand in another order now. */
function isReordered(before: readonly { id: number; retired?: true }[], now: readonly { id: number }[]): boolean {
  const old = before.filter(({ id, retired }) => !retired && now.some((item) => item.id === id)).map(({ id }) => id);
  const survivors = now.map(({ id }) => id).filter((id) => old.includes(id));
  return survivors.some((id, i) => id !== old[i]);
}
