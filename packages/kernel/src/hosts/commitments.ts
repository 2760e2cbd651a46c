import { emptyRecord } from '@beamline/ecs';
import { createEnvelope, type Envelope } from '../envelope.ts';
import { asText, shapeOf, textAt, type Shape } from '../shape.ts';
import { unescapeText } from '#target';

/*
 * Who speaks. A message's commitments are signatures by id; each names its signer (`committer`) and the keys it covers
 * (`committed`). Two kinds count:
 * - a node in the process's authority that covers `from-process`: the sender is that process. A client can write
 *   `from-process` too, so without such a node it means nothing.
 * - an ANS-104 signature: the sender is its signer.
 * hmac commitments are anybody's. Only keys that the chosen signature covers are read: others may have been added later.
 *
 * A node keeps messages by content, so whoever signs the same tags and data adds his signature to the message, in slots
 * long past too. Of several the one counts that the covered tag `signer` names; else the first by id of a message that
 * is new; else the first by id.
 */
/** @short */
interface Chosen {
  readonly id: string;
  readonly commitment: Shape;
  /** The higher, the sooner it counts. */
  readonly rank: number;
}

const CLIENT = 1;
const NAMED = 2;
const PROCESS = 3;

/** `undefined` when no signature attributes the message to anyone. */
export function readEnvelope(
  body: Shape, authorities: readonly string[], timestamp: number, slot: number, isNew: (envelope: Envelope) => boolean,
): Envelope | undefined {
  const found = candidates(body, authorities);
  let first: Envelope | undefined;
  for (const chosen of found) {
    const envelope = envelopeOf(body, chosen, timestamp, slot);
    if (found.length === 1 || isNew(envelope)) return envelope;
    if (first === undefined) first = envelope;
  }
  return first;
}

function envelopeOf(body: Shape, { id, commitment, rank }: Chosen, timestamp: number, slot: number): Envelope {
  const fromProcess = rank === PROCESS;
  const covered = coveredKeys(commitment);
  const tags = readTags(body, covered);
  const from = fromProcess ? textAt(body, 'from-process') : textAt(commitment, 'committer');
  let data = covered === undefined || covered['data'] === true ? asText(body['data']) : '';
  if (fromProcess && tags['escaped'] === '1') data = unescapeText(data);
  return createEnvelope(id, from, fromProcess, data, tags, timestamp, slot);
}

/** The process's id and owner, '' when unsigned. */
export function readGenesisOwner(source: Shape): { id: string; owner: string } {
  const chosen = candidates(source, [])[0];
  return chosen === undefined ? { id: '', owner: '' } : { id: chosen.id, owner: textAt(chosen.commitment, 'committer') };
}

/** Text and integer keys of a body, without data; only covered ones when `covered` is given. */
export function readTags(body: Shape, covered: Readonly<Record<string, boolean>> | undefined): Record<string, string> {
  const tags = emptyRecord<string>();
  // beamline-disable-next-line key-order: one table is copied to another.
  for (const name in body) {
    const value = body[name];
    const isTag = name !== 'data' && (covered === undefined || covered[name] === true);
    if (isTag && (typeof value === 'string' || typeof value === 'number')) tags[name] = asText(value);
  }
  return tags;
}

/** Signatures of the highest rank there is, by id: Lua keeps no order. */
function candidates(body: Shape, authorities: readonly string[]): Chosen[] {
  const commitments = shapeOf(body['commitments']);
  let found: Chosen[] = [];
  let best = CLIENT;
  // beamline-disable-next-line key-order: they are inserted by id.
  for (const id in commitments) {
    const commitment = shapeOf(commitments[id]);
    const rank = typeof id === 'string' ? rankOf(body, commitment, authorities) : 0;
    if (rank > best) {
      best = rank;
      found = [];
    }
    if (rank === best) insert(found, { id, commitment, rank });
  }
  return found;
}

/** 0: says nothing about who speaks. */
function rankOf(body: Shape, commitment: Shape, authorities: readonly string[]): number {
  const committer = textAt(commitment, 'committer');
  if (committer === '') return 0;
  if (textAt(body, 'from-process') !== '' && contains(authorities, committer) && covers(commitment, 'from-process')) return PROCESS;
  if (commitment['commitment-device'] !== 'ans104@1.0') return 0;
  return textAt(body, 'signer') === committer && covers(commitment, 'signer') ? NAMED : CLIENT;
}

function insert(sorted: Chosen[], chosen: Chosen): void {
  let at = sorted.length;
  while (at > 0 && sorted[at - 1]!.id > chosen.id) {
    sorted[at] = sorted[at - 1]!;
    at = at - 1;
  }
  sorted[at] = chosen;
}

function covers(commitment: Shape, key: string): boolean {
  const covered = coveredKeys(commitment);
  return covered !== undefined && covered[key] === true;
}

/** Keys a signature covers, given as a list or as `{"1": …}`; `undefined` when it does not say. */
function coveredKeys(commitment: Shape): Record<string, boolean> | undefined {
  const { committed } = commitment;
  if (typeof committed !== 'object' || committed === null) return undefined;
  const covered = emptyRecord<boolean>();
  const list = shapeOf(committed);
  // beamline-disable-next-line key-order: a set is made.
  for (const at in list) {
    const key = list[at];
    if (typeof key === 'string') covered[key] = true;
  }
  return covered;
}

export function contains(list: readonly string[], text: string): boolean {
  for (const item of list) {
    if (item === text) return true;
  }
  return false;
}
