import type { AoMap, AoValue } from '@beamline/core';
import { createProcess, type Compute } from '../hosts/raw.ts';
import type { Role } from '../role.ts';
import { clientRequest, processRequest, pushedRequest, testId } from './request.ts';

export interface TestProcessOptions {
  /** @default testId(role.name) */
  id?: string;
  /** @default testId('owner') */
  owner?: string;
  /** The node whose word on `from-process` counts. @default testId('node') */
  authority?: string;
  /** @default 'layout-1' */
  layout?: string;
  /** Tags of the process message, such as `beamline-phase`. */
  tags?: Readonly<Record<string, string>>;
  /** Time of slot 0 in milliseconds. @default 1000000 */
  startMs?: number;
}

/** What a test says; whatever is left out is made up, anew for each message. */
export interface Said {
  /** @default testId('alice') */
  from?: string;
  id?: string;
  action?: string;
  tags?: Readonly<Record<string, AoValue>>;
  data?: string;
  /** @default now */
  timestamp?: number;
}

export interface TestProcess {
  readonly id: string;
  /** `results.output` of the last slot, and so of each call below. */
  readonly output: AoMap;
  readonly outbox: Record<string, AoMap>;
  readonly chunks: Record<string, string>;
  readonly health: AoMap;
  readonly base: AoMap;
  slot: number;
  /** Time of the next message. */
  now: number;
  /** A message that a client signed. */
  say(said: Said): AoMap;
  /** A message that a trusted node pushed from the process `from`. */
  push(said: Said): AoMap;
  /** An owner operation. Tags in any case. */
  operate(operation: string, tags?: Readonly<Record<string, string>>, data?: string): AoMap;
  /** Any request at all, well formed or not. */
  raw(request: unknown): AoMap;
}

/** A process of this role in JavaScript, fed with requests as a node builds them. Slot 0 has been computed. */
export function createTestProcess(role: Role, options: TestProcessOptions = {}): TestProcess {
  const { owner = testId('owner'), authority = testId('node'), layout = 'layout-1', tags = {}, startMs = 1_000_000 } = options;
  const id = options.id ?? testId(role.name);
  const compute: Compute = createProcess(role, { layout });
  const base: AoMap = {};
  let messages = 0;

  const results = () => base['results'] as AoMap;
  const process: TestProcess = {
    id, base, slot: 0, now: startMs,
    get output() { return results()['output'] as AoMap; },
    get outbox() { return results()['outbox'] as Record<string, AoMap>; },
    get chunks() { return (results()['chunks'] ?? {}) as Record<string, string>; },
    get health() { return base['health'] as AoMap; },
    say: ({ from = testId('alice'), ...said }) => process.raw(clientRequest({ ...spec(said), committer: from })),
    push: ({ from = testId('peer'), ...said }) =>
      process.raw(pushedRequest({ ...spec(said), committer: authority, fromProcess: from })),
    operate(operation, extra = {}, data) {
      const lower = Object.fromEntries(Object.entries(extra).map(([name, value]) => [name.toLowerCase(), value]));
      const said = { from: owner, action: `Beamline.${operation}`, tags: { 'protocol': '1', 'issued': `${process.now}`, ...lower } };
      return process.say(data === undefined ? said : { ...said, data });
    },
    raw(request) {
      process.slot += 1;
      compute(base, request);
      return process.output;
    },
  };

  function spec({ id: given, action, tags: extra = {}, data, timestamp = process.now }: Omit<Said, 'from'>) {
    messages += 1;
    return {
      id: given ?? testId(`${role.name}-message-${messages}`), process: id, slot: process.slot + 1, timestamp,
      tags: action === undefined ? extra : { action, ...extra }, ...(data === undefined ? {} : { data }),
    };
  }

  compute(base, processRequest({ id, process: id, slot: 0, timestamp: startMs, committer: owner, authority, tags }));
  return process;
}
