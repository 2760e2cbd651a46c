import { createHash } from 'node:crypto';
import { Fault } from '@beamline/core';
import type { AoNetwork, ItemSpec, SignedItem } from '@beamline/core';
import type { ItemLedger } from './item-ledger.ts';

/**
 * A network whose signatures are written down before anything is sent, and found again after a crash: the same words to
 * the same process within the same `scope` are the same item, sent again as it is. Whatever speaks through it (the
 * operator, a restore) resumes without knowing.
 *
 * An item is signed anew only when the network shows that the first one was refused, for then it did nothing.
 */
export function journaledNetwork(network: AoNetwork, ledger: ItemLedger, scope: string): AoNetwork {
  const said = new Map<string, number>();
  // The same words may be meant twice, as two snapshots are: the count tells them apart, in the order they are said.
  const keyOf = (kind: string, words: readonly (string | Uint8Array)[]): string => {
    const hash = createHash('sha256');
    for (const word of words) hash.update(`${word.length} `).update(word);
    const print = `${scope}/${kind}/${hash.digest('hex').slice(0, 24)}`;
    const count = (said.get(print) ?? 0) + 1;
    said.set(print, count);
    return `${print}/${count}`;
  };

  return {
    ...network,
    signMessage: (signer, spec) =>
      ledger.once(keyOf('message', [spec.target, ...wordsOf(spec)]), () => network.signMessage(signer, spec)),
    signModule: (signer, source, signal) =>
      ledger.once(keyOf('module', [source]), () => network.signModule(signer, source, signal)),
    signProcess: (signer, spec, signal) =>
      ledger.once(keyOf('process', [spec.module, ...wordsOf(spec)]), () => network.signProcess(signer, spec, signal)),
    async send(item, signal) {
      const delivery = await network.send(item, signal);
      if (delivery.outcome === 'computed' && REFUSALS.has(String(delivery.output.outcome))) {
        const reason = String(delivery.output.code ?? delivery.output.outcome);
        await ledger.void(item, reason);
        if (reason === 'kernel/stale-operation') throw staleItem(item);
      }
      return delivery;
    },
  };
}

/** Signed before the runner was killed, sent too late to count. */
function staleItem({ id, target }: SignedItem): Fault {
  return new Fault('deployer/stale-item', `${target} found ${id} too old`, {
    hint: 'It is signed anew. If this comes again, compare this machine\'s clock with the node\'s.', retryable: true,
  });
}

const REFUSALS = new Set(['refused', 'error']);

/** Everything that is said, without when it was said: `Issued` is the operator's clock. */
function wordsOf({ tags, data }: ItemSpec): (string | Uint8Array)[] {
  const kept = tags.filter(({ name }) => name.toLowerCase() !== 'issued');
  return [...kept.flatMap(({ name, value }) => [name, value]), data];
}
