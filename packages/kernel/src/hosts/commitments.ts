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
 */
interface Chosen {
  readonly id: string;
  readonly commitment: Shape;
  readonly fromProcess: boolean;
}

/** `undefined` when no signature attributes the message to anyone. */
export function readEnvelope(
  body: Shape, authorities: readonly string[], timestamp: number, slot: number,
): Envelope | undefined {
  const chosen = choose(body, authorities);
  if (chosen === undefined) return undefined;
  const { id, commitment, fromProcess } = chosen;
  const covered = coveredKeys(commitment);
  const tags = readTags(body, covered);
  const from = fromProcess ? textAt(body, 'from-process') : textAt(commitment, 'committer');
  let data = covered === undefined || covered['data'] === true ? asText(body['data']) : '';
  if (fromProcess && tags['escaped'] === '1') data = unescapeText(data);
  return createEnvelope(id, from, fromProcess, data, tags, timestamp, slot);
}

/** The process's id and owner, '' when unsigned. */
export function readGenesisOwner(source: Shape): { id: string; owner: string } {
  const chosen = choose(source, []);
  return chosen === undefined ? { id: '', owner: '' } : { id: chosen.id, owner: textAt(chosen.commitment, 'committer') };
}

/** Text and integer keys of a body, without data; only covered ones when `covered` is given. */
export function readTags(body: Shape, covered: Readonly<Record<string, boolean>> | undefined): Record<string, string> {
  const tags = emptyRecord<string>();
  for (const name in body) {
    const value = body[name];
    const isTag = name !== 'data' && (covered === undefined || covered[name] === true);
    if (isTag && (typeof value === 'string' || typeof value === 'number')) tags[name] = asText(value);
  }
  return tags;
}

// Of several signatures of a kind the one with the smallest id: Lua keeps no order.
function choose(body: Shape, authorities: readonly string[]): Chosen | undefined {
  const commitments = shapeOf(body['commitments']);
  const named = textAt(body, 'from-process') !== '';
  let best: Chosen | undefined;
  for (const id in commitments) {
    const commitment = shapeOf(commitments[id]);
    const committer = textAt(commitment, 'committer');
    const fromProcess = named && contains(authorities, committer) && covers(commitment, 'from-process');
    const counts = committer !== '' && typeof id === 'string' && (fromProcess || commitment['commitment-device'] === 'ans104@1.0');
    if (counts && (best === undefined || (fromProcess && !best.fromProcess) || (fromProcess === best.fromProcess && id < best.id))) {
      best = { id, commitment, fromProcess };
    }
  }
  return best;
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
