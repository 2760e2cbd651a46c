import { Fault } from '@beamline/core';
import type { Address, Id, FaultCode } from '@beamline/core';
import { decodeAnchor, type VerifiedAnchor } from './anchor.ts';
import type { Arweave } from './arweave.ts';

export interface ChainOptions {
  arweave: Pick<Arweave, 'item'>;
  /** Who may anchor. Anybody can upload an item with any tags. */
  owners: readonly Address[];
}

/**
 * The anchors from the first of a chain to `id`, every link checked: signatures, signers, that each says of the one
 * before what that one says of itself, that slots of a process only grow and no process comes back.
 * @throws Fault `persistence/anchor-missing`, `persistence/anchor-signer`, `persistence/anchor-link`,
 * `persistence/anchor-order`, and as `decodeAnchor`; `details.anchor` names the one at fault.
 */
export async function readAnchorChain({ arweave, owners }: ChainOptions, id: Id, signal?: AbortSignal): Promise<VerifiedAnchor[]> {
  const chain: VerifiedAnchor[] = [];
  for (let next: Id | undefined = id; next !== undefined;) {
    const found = await readAnchor({ arweave, owners }, next, chain.at(-1), signal);
    const after = chain.at(-1);
    if (after !== undefined) checkLink(found, after);
    chain.push(found);
    next = found.anchor.previous?.id;
  }
  chain.reverse();
  checkReturns(chain);
  return chain;
}

/** One anchor, verified by itself. @throws as `readAnchorChain` */
export async function readAnchor({ arweave, owners }: ChainOptions, id: Id, after?: VerifiedAnchor, signal?: AbortSignal): Promise<VerifiedAnchor> {
  const item = await arweave.item(id, signal);
  if (item === undefined) {
    throw fault('persistence/anchor-missing', `anchor ${id}${after === undefined ? '' : `, which ${after.id} follows,`} cannot be had from this gateway`, id, {
      hint: 'Ask another gateway; a fresh anchor may need a minute to show.', retryable: true,
    });
  }
  if (!owners.includes(item.owner)) {
    throw fault('persistence/anchor-signer', `anchor ${id} is signed by ${item.owner}, who may not anchor this game`, id, {
      hint: `Trusted are ${owners.join(', ') || 'none'}.`,
    });
  }
  return decodeAnchor(item);
}

function checkLink({ id, anchor }: VerifiedAnchor, after: VerifiedAnchor): void {
  const said = after.anchor.previous!;
  for (const key of ['process', 'slot', 'layout', 'root'] as const) {
    if (said[key] === anchor[key]) continue;
    throw fault('persistence/anchor-link', `anchor ${after.id} says that the one before it has ${key} ${said[key]}; ${id} has ${anchor[key]}`, after.id);
  }
  if (after.anchor.process === anchor.process && after.anchor.slot <= anchor.slot) {
    throw fault('persistence/anchor-order', `anchor ${after.id} of slot ${after.anchor.slot} follows one of slot ${anchor.slot}`, after.id);
  }
}

/** An instance moves on to other processes, and never back: slots of one process would be counted in two places. */
function checkReturns(chain: readonly VerifiedAnchor[]): void {
  const left = new Set<string>();
  for (const [n, { id, anchor }] of chain.entries()) {
    const before = chain[n - 1]?.anchor.process;
    if (before !== undefined && before !== anchor.process) left.add(before);
    if (left.has(anchor.process)) throw fault('persistence/anchor-order', `anchor ${id} goes back to process ${anchor.process}, which the chain had left`, id);
  }
}

function fault(code: FaultCode, message: string, anchor: Id, options: { hint?: string; retryable?: boolean } = {}): Fault {
  return new Fault(code, message, { ...options, details: { anchor } });
}
