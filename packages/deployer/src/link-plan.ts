import { instanceId, linkName } from './instance.ts';
import type { Link } from './plan.ts';
import { brokenMessages, type BrokenMessage, type Speaker } from './broken-messages.ts';
import type { DeployableRelease } from './release.ts';

/** Both directions of every `dependsOn`: the sender needs a name to send to, the receiver one to know the sender by. */
export function linksOf({ roles }: DeployableRelease): Link[] {
  const links: Link[] = [];
  for (const [role, { dependsOn, shards }] of Object.entries(roles)) {
    for (const needed of dependsOn) {
      const targets = roles[needed]?.shards ?? 0;
      for (let shard = 0; shard < shards; shard += 1) {
        for (let target = 0; target < targets; target += 1) {
          const sender = instanceId(role, shard);
          const receiver = instanceId(needed, target);
          links.push({ on: sender, name: linkName(needed, target, targets), to: receiver });
          links.push({ on: receiver, name: linkName(role, shard, shards), to: sender });
        }
      }
    }
  }
  return links.sort((a, b) => (`${a.on} ${a.name}` < `${b.on} ${b.name}` ? -1 : 1));
}

export interface SpokenOptions {
  release: DeployableRelease;
  links: readonly Link[];
  /** What the release of each running instance says of its messages. */
  spoken: Readonly<Record<string, Speaker>>;
  /** Roles that change, and how. */
  changed: ReadonlySet<string>;
  strategy: string;
  levels: Readonly<Record<string, number>>;
}

/** What the roles of a plan would not understand of each other. */
export function brokenBetween({ release: { roles }, links, spoken, changed, strategy, levels }: SpokenOptions): BrokenMessage[] {
  const roleOf = (instance: string): string => instance.replace(/-\d+$/, '');
  const pairs = new Map(links.map(({ on, name, to }) => {
    const pair = { sender: roleOf(on), name, receiver: roleOf(to) };
    return [JSON.stringify(pair), pair];
  }));
  const old: Record<string, Speaker[]> = {};
  for (const [instance, speaker] of Object.entries(spoken)) (old[roleOf(instance)] ??= []).push(speaker);
  return brokenMessages({
    old: Object.fromEntries(Object.entries(old).map(([role, speakers]) => [role, [...new Map(speakers.map((each) => [JSON.stringify(each), each])).values()]])),
    next: Object.fromEntries(Object.entries(roles).map(([role, { clients, messages }]) => [role, { ...(clients && { actions: clients.actions }), ...(messages && { messages }) }])),
    changed, links: [...pairs.values()],
    // All greens are active, receivers first, before a held message goes out. In place, the roles of a level go together.
    receiversFirst: (sender, receiver) => strategy === 'blue-green' || (strategy === 'in-place' && (levels[receiver] ?? 0) < (levels[sender] ?? 0)),
  });
}
