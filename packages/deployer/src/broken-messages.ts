import type { MessageContract, SentMessage, SentTag, TakenTag } from '@beamline/bundler';
import { Fault } from '@beamline/core';
import type { DeploymentPlan } from './plan.ts';

/** A role's side of the conversation: what it takes and what it says. Absent parts are those of which nobody knows. */
export interface Speaker {
  actions?: readonly string[];
  messages?: MessageContract;
}

/**
 * What one role sends and another would not understand while both releases are about. `old-to-new`: held, forwarded or
 * still on its way when the receiver is new. `new-to-old`: the receiver's turn comes later, or never. `new-to-new`: for good.
 */
export interface BrokenMessage {
  sender: string;
  receiver: string;
  action: string;
  direction: 'old-to-new' | 'new-to-old' | 'new-to-new';
  why: string;
  /** Only if the new release has to be taken back. */
  onTheWayBack?: true;
}

export interface Conversation {
  /** By role, each different one of those that run. */
  old: Readonly<Record<string, readonly Speaker[]>>;
  /** By role. */
  next: Readonly<Record<string, Speaker>>;
  /** Roles that get new processes or new code. */
  changed: ReadonlySet<string>;
  /** Who sends to whom under which name, by role. */
  links: readonly { sender: string; name: string; receiver: string }[];
  /** Whether all old receivers are gone before a new sender speaks, unless the deployment is taken back. */
  receiversFirst(sender: string, receiver: string): boolean;
}

/** What the change breaks between roles; what was not understood before is not its doing. In order of sender, receiver, action. */
export function brokenMessages({ old, next, changed, links, receiversFirst }: Conversation): BrokenMessage[] {
  const found = new Map<string, BrokenMessage>();
  for (const { sender, name, receiver } of links) {
    const [oldSenders, oldReceivers] = [old[sender] ?? [], old[receiver] ?? []];
    const [newSender, newReceiver] = [next[sender] ?? {}, next[receiver] ?? {}];
    const before = new Set(oldSenders.flatMap((speaker) => oldReceivers.flatMap((listener) => misunderstood(speaker, name, listener).map(keyOf))));
    const add = (direction: BrokenMessage['direction'], problems: readonly Misunderstood[], onTheWayBack = false): void => {
      for (const problem of problems) {
        if (before.has(keyOf(problem))) continue;
        const broken: BrokenMessage = { sender, receiver, ...problem, direction, ...(onTheWayBack ? { onTheWayBack: true } : {}) };
        found.set(JSON.stringify(broken), broken);
      }
    };
    if (changed.has(receiver)) for (const speaker of oldSenders) add('old-to-new', misunderstood(speaker, name, newReceiver));
    if (!changed.has(sender)) continue;
    const lasting = misunderstood(newSender, name, newReceiver);
    add('new-to-new', lasting);
    if (!changed.has(receiver)) continue;
    const forGood = new Set(lasting.map(keyOf));
    for (const listener of oldReceivers) {
      add('new-to-old', misunderstood(newSender, name, listener).filter((problem) => !forGood.has(keyOf(problem))), receiversFirst(sender, receiver));
    }
  }
  const sortKey = ({ sender, receiver, action, direction, why }: BrokenMessage): string => [sender, receiver, action, direction, why].join('\0');
  return [...found.values()].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

export const describeBroken = ({ sender, receiver, action, direction, why, onTheWayBack }: BrokenMessage): string =>
  `${sender} sends ${action} to ${receiver} (${direction.replaceAll('-', ' ')}${onTheWayBack ? ', on the way back only' : ''}): ${why}`;

/**
 * Nobody is to lose a message because two roles change at different moments.
 * @throws Fault `deployer/contract-broken`
 */
export function assertUnderstood({ brokenMessages: broken = [] }: Pick<DeploymentPlan, 'brokenMessages'>): void {
  const sure = broken.filter(({ onTheWayBack }) => !onTheWayBack);
  if (sure.length === 0) return;
  throw new Fault('deployer/contract-broken', `roles would not understand each other:\n${sure.map(describeBroken).join('\n')}`, {
    hint: 'Let receivers take both first, and senders change with the next release; or say that these messages may be refused: --accept-breaks',
  });
}

type Misunderstood = Pick<BrokenMessage, 'action' | 'why'>;
const keyOf = ({ action, why }: Misunderstood): string => `${action}\0${why}`;

function misunderstood({ messages }: Speaker, name: string, receiver: Speaker): Misunderstood[] {
  return (messages?.sends ?? []).filter(({ to }) => isFor(to, name)).flatMap((sent) => {
    const { action } = sent;
    return action === undefined ? [] : reasons(sent, action, receiver).map((why) => ({ action, why }));
  });
}

/** `battle-*` is for every shard. */
const isFor = (to: string | undefined, name: string): boolean => to === name || (to?.endsWith('*') === true && name.startsWith(to.slice(0, -1)));

function reasons({ tags, open }: SentMessage, action: string, { actions, messages }: Speaker): string[] {
  if (actions !== undefined && !actions.includes(action)) return ['it has no such action'];
  return (messages?.takes[action] ?? []).flatMap((wanted) => {
    const given = Object.hasOwn(tags, wanted.name) ? tags[wanted.name] : undefined;
    if (given === undefined) return wanted.required && !open ? [`the tag ${wanted.name} is missing`] : [];
    const problem = unfit(given, wanted);
    return problem === undefined ? [] : [`the tag ${wanted.name} ${problem}`];
  });
}

function unfit({ kind, values }: SentTag, wanted: TakenTag): string | undefined {
  if (wanted.kind === 'text') {
    const { maxLength = Infinity } = wanted;
    return values?.some((value) => String(value) === '' || String(value).length > maxLength) ? `is not text of 1 to ${maxLength}` : undefined;
  }
  const { min = -Infinity, max = Infinity } = wanted;
  if (values !== undefined) return values.some((value) => !isWhole(value, min, max)) ? `is not a whole number from ${min} to ${max}` : undefined;
  return kind === 'text' ? 'is text, where a whole number is wanted' : undefined;
}

const isWhole = (value: string | number, min: number, max: number): boolean =>
  /^-?\d+$/.test(String(value)) && Number(value) >= min && Number(value) <= max;
