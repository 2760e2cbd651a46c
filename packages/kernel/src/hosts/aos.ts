import { emptyRecord } from '@beamline/ecs';
import { put } from '../answer.ts';
import { createEnvelope, type Envelope } from '../envelope.ts';
import { health, type Health } from '../health.ts';
import { createKernel, type Build, type Kernel } from '../kernel.ts';
import type { Outgoing } from '../outbox.ts';
import type { Role } from '../role.ts';
import { asText, integerAt, shapeOf, textAt, textsOf, type Shape } from '../shape.ts';
import { step } from '../step.ts';
import { contains } from './commitments.ts';
import { asciiText, sortTexts, unescapeText } from '#target';

/** A message as legacynet's units take it from a process. */
export interface AosMessage {
  readonly Target: string;
  readonly Data: string;
  readonly Anchor: string;
  readonly Tags: readonly { readonly name: string; readonly value: string }[];
}

/** What `handle` returns to an aos module. `Output` also carries health and, after a snapshot, its chunks c0, c1, … */
export interface AosResult {
  readonly Output: Readonly<Record<string, unknown>> & { readonly outcome: string; readonly health: Health };
  readonly Messages: readonly AosMessage[];
  readonly Spawns: readonly never[];
  readonly Assignments: readonly never[];
}

/**
 * A process of this role behind aos' `handle(msg, env)`: title-case fields, tags as a map or as a list, the owner and
 * the authorities from `env.Process`. A message is a process's when a trusted authority signed it for somebody else.
 */
export function createAosProcess(role: Role, build: Build): (message: unknown, environment: unknown) => AosResult {
  const kernel = createKernel(role, build);
  return (message, environment) => handle(kernel, shapeOf(message), shapeOf(shapeOf(environment)['Process']));
}

function handle(kernel: Kernel, message: Shape, process: Shape): AosResult {
  const read = integerAt(message, 'Nonce');
  const time = integerAt(message, 'Timestamp');
  const slot = read === undefined ? kernel.slot + 1 : read;
  const timestamp = time === undefined ? kernel.timestamp : time;
  const tags = lowerTags(process['Tags']);
  const genesis = kernel.started
    ? undefined
    : { id: textAt(process, 'Id'), owner: textAt(process, 'Owner'), authorities: textsOf(tags['authority']), tags };
  const envelope = slot === 0 ? undefined : readEnvelope(message, genesis === undefined ? kernel.authorities : genesis.authorities, timestamp, slot);
  const { answer, outbox, chunks } = step(kernel, { slot, timestamp, genesis, envelope });

  const output: Record<string, unknown> & { outcome: string; health: Health } = { outcome: answer.outcome, health: health(kernel) };
  put(output, 'code', asciiText(answer.code));
  put(output, 'hint', asciiText(answer.hint));
  put(output, 'data', asciiText(answer.data));
  for (let at = 0; at < chunks.length; at++) output[`c${at}`] = chunks[at];
  const messages: AosMessage[] = [];
  for (let at = 0; at < outbox.length; at++) messages[at] = aosMessage(outbox[at]!);
  return { Output: output, Messages: messages, Spawns: [], Assignments: [] };
}

function readEnvelope(message: Shape, authorities: readonly string[], timestamp: number, slot: number): Envelope | undefined {
  const from = textAt(message, 'From');
  const owner = textAt(message, 'Owner');
  const fromProcess = from !== owner;
  if (from === '' || (fromProcess && !contains(authorities, owner))) return undefined;
  const tags = lowerTags(message['Tags']);
  const data = asText(message['Data']);
  const plain = fromProcess && tags['escaped'] === '1' ? unescapeText(data) : data;
  return createEnvelope(textAt(message, 'Id'), from, fromProcess, plain, tags, timestamp, slot);
}

/** Tags whose names differ by case alone are one: of a list the last counts, of a map the last in order of bytes. */
function lowerTags(value: unknown): Record<string, string> {
  const tags = emptyRecord<string>();
  const ranks = emptyRecord<string>();
  const shape = shapeOf(value);
  // beamline-disable-next-line key-order: which of several counts is decided by their ranks.
  for (const key in shape) {
    const entry = shape[key];
    const rank = `${key}`;
    const pair = shapeOf(entry);
    // beamline-disable-next-line text-length: the names that roles read are ASCII.
    const name = (typeof entry === 'object' ? textAt(pair, 'name') : rank).toLowerCase();
    const known = ranks[name];
    if (name === '' || (known !== undefined && !isAfter(rank, known))) continue;
    ranks[name] = rank;
    tags[name] = typeof entry === 'object' ? textAt(pair, 'value') : asText(entry);
  }
  return tags;
}

/** Numbers of a list by value; names that differ by case, and so have one length, by bytes. */
function isAfter(one: string, other: string): boolean {
  // beamline-disable-next-line text-length: lengths are compared with each other alone.
  return one.length === other.length ? one > other : one.length > other.length;
}

const ANCHOR = '00000000000000000000000000000000';

function aosMessage(message: Outgoing): AosMessage {
  const names: string[] = [];
  let count = 0;
  // beamline-disable-next-line key-order: the names are sorted below.
  for (const name in message) {
    if (name !== 'target' && name !== 'data') {
      names[count] = name;
      count = count + 1;
    }
  }
  // Every replica must send the same bytes.
  sortTexts(names);
  const tags: { name: string; value: string }[] = [];
  for (let at = 0; at < count; at++) tags[at] = { name: names[at]!, value: message[names[at]!]! };
  const { target, data, seq } = message;
  const anchor = `${ANCHOR}${seq === undefined ? '' : seq}`;
  return { Target: target!, Data: data === undefined ? '' : data, Anchor: anchor.substring(anchor.length - 32), Tags: tags };
}
