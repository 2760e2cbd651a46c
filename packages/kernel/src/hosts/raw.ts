import { emptyRecord } from '@beamline/ecs';
import { put, type Answer } from '../answer.ts';
import { attempt } from '../attempt.ts';
import type { Envelope } from '../envelope.ts';
import { health } from '../health.ts';
import { identityOf, seen } from '../identity.ts';
import type { Build, Kernel } from '../kernel.ts';
import type { Role } from '../role.ts';
import { asText, integerAt, shapeOf, textsOf, type Shape } from '../shape.ts';
import type { Genesis } from '../start.ts';
import { step, type Input, type Result } from '../step.ts';
import { takeOver } from '../take-over.ts';
import { readEnvelope, readGenesisOwner, readTags } from './commitments.ts';
import { asciiText, collectGarbage } from '#target';

/** HyperBEAM's `compute` of the device `lua@5.3a`. Hosts in JavaScript call the same function. */
export type Compute = (base: unknown, request: unknown, options?: unknown) => Record<string, unknown>;

/**
 * A process of this role on the raw `lua@5.3a` host: one state per call of `createProcess`. Every call of the result
 * returns the base with `results` and `health` set, whatever it was given. Loaded by an upgrade, it goes on with
 * the state of the code before it.
 */
export function createProcess(role: Role, build: Build): Compute {
  const kernel = takeOver(role, build);
  return (base, request) => compute(kernel, base, request);
}

function compute(kernel: Kernel, base: unknown, request: unknown): Record<string, unknown> {
  const state = (typeof base === 'object' && base !== null ? base : {}) as Record<string, unknown>;
  state['results'] = { output: { outcome: 'error', code: 'kernel/internal' }, outbox: {} };
  const error = attempt(() => {
    const result = step(kernel, readInput(kernel, shapeOf(state), shapeOf(request)));
    state['results'] = resultsOf(result);
    state['health'] = health(kernel);
  });
  if (error !== undefined) kernel.lastError = `host: ${error}`;
  collectGarbage();
  return state;
}

function readInput(kernel: Kernel, base: Shape, request: Shape): Input {
  const body = shapeOf(request['body']);
  const slot = integerAt(request, 'slot') ?? kernel.slot + 1;
  const timestamp = integerAt(request, 'timestamp') ?? kernel.timestamp;
  if (slot === 0 && !kernel.started) return { slot, timestamp, genesis: readGenesis(base, request, body), envelope: undefined };
  const genesis = kernel.started ? undefined : readGenesis(base, request, shapeOf(base['process']));
  const authorities = genesis === undefined ? kernel.authorities : genesis.authorities;
  const isNew = (envelope: Envelope): boolean => {
    const identity = identityOf(kernel.tables, envelope);
    return identity !== undefined && seen(kernel.tables, identity) === 'new';
  };
  return { slot, timestamp, genesis, envelope: readEnvelope(body, authorities, timestamp, slot, isNew) };
}

/** From the process message, which is slot 0's body and, on a node, `base.process` ever after. */
function readGenesis(base: Shape, request: Shape, definition: Shape): Genesis {
  const { id, owner } = readGenesisOwner(definition);
  const authority = definition['authority'] === undefined ? base['authority'] : definition['authority'];
  const named = asText(request['process']);
  return { id: named === '' ? id : named, owner, authorities: textsOf(authority), tags: readTags(definition, undefined) };
}

function resultsOf({ answer, outbox, chunks }: Result): Record<string, unknown> {
  const sent = emptyRecord<unknown>();
  const messages = outbox.length;
  for (let n = 1; n <= messages; n++) sent[nameOf(n)] = outbox[n - 1];
  const results = emptyRecord<unknown>();
  results['output'] = outputOf(answer);
  results['outbox'] = sent;
  const size = chunks.length;
  if (size === 0) return results;
  const texts = emptyRecord<unknown>();
  for (let at = 0; at < size; at++) texts[`c${at}`] = chunks[at];
  results['chunks'] = texts;
  return results;
}

/** m1 … m9, n10 … n99, o100 …: a node delivers in the order of names, and players' messages must arrive in that of their numbers. */
function nameOf(n: number): string {
  if (n < 10) return `m${n}`;
  return n < 100 ? `n${n}` : `o${n}`;
}

function outputOf({ outcome, code, hint, data }: Answer): Record<string, string> {
  const output: Record<string, string> = { outcome };
  put(output, 'code', asciiText(code));
  put(output, 'hint', asciiText(hint));
  put(output, 'data', asciiText(data));
  return output;
}
