import { hash } from 'node:crypto';
import { Fault, type AoMap, type AoValue } from '@beamline/core';
import { baseOf, definitionIn, mapOf, ownerMessage, type Definition } from '@beamline/kernel/operator';
import { createVm, type Computed, type Vm } from '@beamline/vm';
import type { RecordedSession } from './messages.ts';

export interface ShrinkingInput {
  role: string;
  /** Lua with everything in it: of `buildRole` with `shrink: false`. */
  unshrunk: string;
  shrunk: string;
  sessions: readonly RecordedSession[];
}

/** What was replayed; nothing differed. */
export interface ShrinkingVerdict {
  role: string;
  sessions: number;
  slots: number;
  /** SHA-256 over what every slot showed: equal for equal bundles and messages. */
  root: string;
}

/**
 * Feeds recorded messages to both bundles, slot by slot, and compares everything either shows: replies, outbox, public
 * state, and the world by a snapshot after each slot (looked at, not asked for: it leaves no trace).
 * @throws Fault `bundler/shrinking-differs` at the first difference, with `details` role, process, slot, action, what,
 * unshrunk, shrunk; those of `createVm`
 */
export async function verifyShrinking({ role, unshrunk, shrunk, sessions }: ShrinkingInput, signal?: AbortSignal): Promise<ShrinkingVerdict> {
  const seen: string[] = [];
  let slots = 0;
  for (const session of sessions) {
    const definition = definitionIn(session.requests[0] ?? {});
    const base = baseOf(definition);
    const open = (code: string) => createVm({ code, chunkName: `${role}.lua`, base });
    const vms = await Promise.all([open(unshrunk), open(shrunk)]);
    try {
      for (const req of session.requests.filter(keepsTheCode)) {
        signal?.throwIfAborted();
        const [whole, small] = await Promise.all(vms.map((vm) => shownAfter(vm, req, definition))) as [AoMap, AoMap];
        const difference = firstDifference(whole, small, '');
        if (difference) throw differs(session, req, difference);
        seen.push(JSON.stringify(whole));
        slots += 1;
        // On a node nothing comes after a slot that fails.
        if (whole['failed'] !== undefined) break;
      }
    } finally {
      await Promise.all(vms.map((vm) => vm.close()));
    }
  }
  return { role, sessions: sessions.length, slots, root: hash('sha256', seen.join('\n'), 'hex') };
}

/** Upgrades in place are left out: after one both would run what it brought, and not what is to be compared. */
const keepsTheCode = (req: AoMap): boolean => !String(mapOf(req['body'])['action']).startsWith('Beamline.Upgrade-');

/** Everything that can be seen of a process after a slot. */
async function shownAfter(vm: Vm, req: AoMap, definition: Definition): Promise<AoMap> {
  const computed = await vm.compute(req);
  if (!computed.ok) return { failed: failureOf(computed) };
  const { results = {}, changed, removed } = computed;
  const { output = {}, outbox = {}, ...more } = results;
  const world = await vm.peek(snapshotRequest(req, definition));
  return withoutNames({
    reply: output, outbox, more, state: changed, removed,
    // What has no kernel shows no world; its public state is all there is.
    world: world.ok ? (world.results ?? {}) : { failed: failureOf(world) },
  }) as AoMap;
}

const failureOf = ({ reason, status, message }: Computed & { ok: false }): AoMap => ({ reason, status, message: withoutNames(message) });

/** Pages written in this slot, and the digests of all. */
function snapshotRequest(req: AoMap, definition: Definition): AoMap {
  const [slot, timestamp] = [Number(req['slot']), Number(req['timestamp'])];
  const environment = definition['beamline-environment'];
  return ownerMessage(definition, {
    slot, timestamp,
    tags: {
      action: 'Beamline.Snapshot', protocol: '1', issued: String(timestamp), since: String(slot - 1),
      ...(environment !== undefined && { environment: String(environment) }),
    },
  });
}

/**
 * Lua's own errors say which variable held nil; shrinking renames and folds variables away, and a node's Lua says
 * something else anyway.
 */
function withoutNames(value: AoValue): AoValue {
  if (typeof value === 'string') return value.replaceAll(/ ?\((?:local|upvalue|global|field|method|constant) '[^']*'\)/g, '');
  if (Array.isArray(value)) return value.map(withoutNames);
  return typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutNames(part)])) : value;
}

interface Difference {
  /** Such as `reply.data`. */
  what: string;
  unshrunk: AoValue | undefined;
  shrunk: AoValue | undefined;
}

function firstDifference(unshrunk: AoValue | undefined, shrunk: AoValue | undefined, what: string): Difference | undefined {
  if (isTable(unshrunk) && isTable(shrunk) && Array.isArray(unshrunk) === Array.isArray(shrunk)) {
    const [left, right] = [mapped(unshrunk), mapped(shrunk)];
    for (const key of [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()) {
      const found = firstDifference(left[key], right[key], what === '' ? key : `${what}.${key}`);
      if (found) return found;
    }
    return undefined;
  }
  return unshrunk === shrunk ? undefined : { what, unshrunk, shrunk };
}

const isTable = (value: AoValue | undefined): value is AoValue[] | AoMap => typeof value === 'object';
const mapped = (value: AoValue[] | AoMap): AoMap => (Array.isArray(value) ? { ...value } as unknown as AoMap : value);

const SHOWN = 200;

function differs({ role, process }: RecordedSession, req: AoMap, { what, ...values }: Difference): Fault {
  const slot = Number(req['slot']);
  const action = String(mapOf(req['body'])['action'] ?? '');
  const [unshrunk, shrunk] = [values.unshrunk, values.shrunk].map((value) => (value === undefined ? 'nothing' : JSON.stringify(value))) as [string, string];
  return new Fault('bundler/shrinking-differs', [
    `the shrunk bundle of ${role} does something else at slot ${slot}${action === '' ? '' : ` (${action})`} of ${process}: ${what} differs`,
    `  unshrunk: ${shorten(unshrunk)}`,
    `  shrunk:   ${shorten(shrunk)}`,
  ].join('\n'), {
    hint: 'This is an error of the bundler, or code that depends on names of its own variables. Nothing was written.',
    details: { role, process, slot, action, what, unshrunk, shrunk },
  });
}

const shorten = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text);
