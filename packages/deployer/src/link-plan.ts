import { instanceId, linkName } from './instance.ts';
import type { Link } from './plan.ts';
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
