import { isFault, type AoMap, type SignedItem } from '@beamline/core';
import { parseItem } from '../../ans104/parse.ts';
import type { LocalNode } from '../node.ts';
import type { LocalProcess } from '../process.ts';
import { undelivered, type Outgoing, type Sent } from '../push.ts';
import type { AosAnswer } from './aos-results.ts';
import { messageItem, spawnedEntry, spawnItem, type Sender } from './aos-items.ts';

/**
 * What a slot of an aos process sends: messages `1`, `2`, …, then processes `spawn-1`, … and to itself, as
 * `spawned-1`, …, their ids. Assignments are not made.
 */
export function aosOutgoing(node: LocalNode, { id, body }: LocalProcess, { Messages, Spawns }: AosAnswer): Outgoing[] {
  const sender: Sender = { process: id, module: String(body['module'] ?? '') };
  const prepared = async (signing: Promise<SignedItem>, send: (item: SignedItem) => Sent): Promise<() => Sent> => {
    try {
      const item = await signing;
      return () => send(item);
    } catch (error) {
      return () => undelivered(400, isFault(error) ? error.message : 'It cannot be signed.');
    }
  };
  const deliver = ({ id: message, target: name, raw }: SignedItem): Sent => {
    const target = node.process(name);
    if (!target) return undelivered(404, 'Could not access target process!');
    return { id: message, target, ...node.schedule(target, parseItem(raw), raw) };
  };
  const message = (name: string, entry: AoMap): Outgoing => {
    const named = typeof entry['Target'] === 'string' && entry['Target'] !== '';
    return {
      name,
      prepared: named ? prepared(messageItem(entry, sender, node.signer), deliver)
        : Promise.resolve(() => undelivered(404, 'Target process not available.')),
    };
  };
  const spawn = (number: number, entry: AoMap): Outgoing[] => {
    const signing = spawnItem(entry, sender, node.signer);
    const told = signing.then((item) => messageItem(spawnedEntry(entry, item.id, sender), sender, node.signer));
    return [
      { name: `spawn-${number}`, prepared: prepared(signing, ({ id: spawned, raw }) => {
        const { process, slot, durable } = node.spawn(parseItem(raw), raw);
        return { id: spawned, target: process, slot, durable };
      }) },
      { name: `spawned-${number}`, prepared: prepared(told, deliver) },
    ];
  };
  return [
    ...Messages.map((entry, i) => message(String(i + 1), entry)),
    ...Spawns.flatMap((entry, i) => spawn(i + 1, entry)),
  ];
}
