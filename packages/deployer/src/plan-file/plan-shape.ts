import { layoutHash, type Layout, type LayoutComponent, type LayoutField } from '@beamline/ecs';
import type { LayoutDifference, Migration } from '@beamline/persistence';
import type { BrokenMessage } from '../broken-messages.ts';
import type { Batch, Change, DeploymentPlan, Link, PlannedInstance, PlannedLayout, Rollout } from '../plan.ts';
import { rehearsalShape } from './rehearsal-shape.ts';
import { both, byName, count, either, flag, json, list, matching, object, oneOf, optional, text, type Shape } from './shape.ts';

const hash = matching(/^[0-9a-f]{64}$/, 'a SHA-256 in hex');
const name = matching(/^[a-z][a-z0-9-]{0,63}$/, 'lower-case letters, digits, hyphens');
/** A process or module: 43 characters on a network, others in the tests of strategies. */
const id = matching(/^[\w-]{1,128}$/, 'an id');
/** Part of file names. */
const deployment = matching(/^[\w-]{1,64}$/, 'the id of a deployment');

const layout = object<Layout>({
  format: oneOf(1),
  components: list(object<LayoutComponent>({
    id: count, name: text,
    fields: list(object<LayoutField>({
      id: count, name: text, type: oneOf('u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'i53', 'bool', 'eid', 'str', 'f64'), length: count, scale: count,
    })),
  })),
});

const migration = object<Migration>({
  version: oneOf(1), id: optional(count), name: text, from: object<Migration['from']>({ role: name }),
  steps: list(both((value, at) => (typeof (value as { do?: unknown } | null)?.do === 'string' ? undefined : `${at}.do: must be text`), json)),
});

const change = both(object<Change>({
  instance: name, role: name, shard: count, kind: oneOf('create', 'replace', 'upgrade'), blue: optional(id), forwarders: list(id), alias: text,
  release: hash, bundle: hash, layout, layoutHash: hash, migrations: list(migration), level: count,
}), (value, at) => {
  const { layout: found, layoutHash: said } = value as Change;
  return layoutHash(found) === said ? undefined : `${at}.layoutHash: is not that of the layout`;
});

/** On the way back blue is known only once the way there has been gone. */
const forward = both(change, (value, at) => {
  const { kind, blue } = value as Change;
  return kind !== 'create' && blue === undefined ? `${at}.blue: is missing` : undefined;
});

const difference = object<LayoutDifference>({
  path: text, what: oneOf('added', 'removed', 'retyped', 'reordered', 'renumbered'), verdict: text, why: text, do: text,
});

const plannedLayout: Shape = either(({ verdict }) => (verdict === 'migrated'
  ? object<Extract<PlannedLayout, { verdict: 'migrated' }>>({ verdict: oneOf('migrated'), steps: list(text), reversible: flag, needs: text, changes: list(difference) })
  : object<Exclude<PlannedLayout, { verdict: 'migrated' }>>({ verdict: oneOf('new', 'same') })));

type Data = NonNullable<PlannedInstance['data']>;
type Finding = Data['findings'][number];
const finding = object<Finding>({
  kind: text, step: optional(text), component: text, field: optional(text), why: text, count,
  first: list(object<Finding['first'][number]>({ entity: count, value: optional(json) })),
});

const instance = object<PlannedInstance>({
  instance: name, action: oneOf('create', 'replace', 'upgrade', 'unchanged'), role: name, shard: count, alias: text, process: optional(id),
  layout: plannedLayout, breaksClients: optional(list(text)),
  data: optional(object<Data>({
    fits: flag, slot: count, rows: object<Data['rows']>({ before: count, after: count }), findings: list(finding), samples: list(object<Data['samples'][number]>({ entity: count, before: json, after: json })),
  })),
  because: text,
});

const reverse: Shape = either((value) => ('impossible' in value
  ? object<{ impossible: string }>({ impossible: text })
  : object<{ changes: readonly Change[] }>({ changes: list(change) })));

const broken = object<BrokenMessage>({
  sender: name, receiver: name, action: text, direction: oneOf('old-to-new', 'new-to-old', 'new-to-new'), why: text, onTheWayBack: optional(flag),
});

const rollout = object<Rollout>({
  by: oneOf('blue-green', 'in-place'), maxUnavailable: count,
  batches: list(object<Batch>({ instances: list(name), bakeMs: optional(count), approve: optional(flag) })),
});

/** What a plan of version 1 looks like, to the last field. */
export const planShape = object<DeploymentPlan>({
  version: oneOf(1), id: deployment, game: name, environment: name, from: optional(hash), to: hash, toVersion: text, createdAt: count, strategy: name, rollout: optional(rollout),
  instances: list(instance), changes: list(forward), reverse,
  links: list(object<Link>({ on: name, name, to: name })),
  basis: byName(object<DeploymentPlan['basis'][string]>({ process: id, bundle: hash, layoutHash: hash, module: optional(id) })),
  steps: list(text), brokenMessages: optional(list(broken)), expectedMessages: count, expectedPauseMs: count, rehearsal: optional(rehearsalShape),
});
