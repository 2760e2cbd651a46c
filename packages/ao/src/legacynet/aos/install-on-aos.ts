import { Fault, type AoMap, type AoNetwork, type ProcessId, type Signer, type Slot } from '@beamline/core';
import { mapOf } from '../schedule-entry.ts';
import { aosChunk, evalsOf, sourceHash } from './aos-chunk.ts';

export interface InstallOptions {
  network: AoNetwork;
  /** The process's owner. */
  signer: Signer;
  /** An aos process. What it did so far is left alone; from now on every message but the owner's Eval is the program's. */
  process: ProcessId;
  /** Lua that defines `compute(base, req, opts)`: a role's bundle. */
  source: string;
  /** Of one Eval: schedulers and free uploads refuse more than 100 KiB. @default 95_000 */
  maxEvalBytes?: number;
}

export interface Installed {
  /** The slot after which the program answers. */
  slot: Slot;
  /** Of the source, hex: what `Beamline.sha256` says inside. */
  sha256: string;
}

interface Place {
  process: ProcessId;
  slot: Slot;
}

/**
 * Installs a program in an aos process by Eval of its owner, once: repeated, it finds what is there. Done when the
 * program has answered with its own state.
 * @throws Fault `ao/aos-other-program` (another one is installed), `ao/aos-not-installed` (with what aos says),
 * `ao/not-ascii`, `ao/bad-option`, those of the network.
 */
export async function installOnAos({ network, signer, process, source, maxEvalBytes = 95_000 }: InstallOptions, signal?: AbortSignal): Promise<Installed> {
  let slot = -1;
  for (const [part, code] of evalsOf(aosChunk(source), maxEvalBytes).entries()) {
    const item = await network.signMessage(signer, { target: process, tags: [{ name: 'Action', value: 'Eval' }], data: code });
    const sent = await network.send(item, signal);
    ({ slot } = sent);
    if (sent.outcome === 'scheduled') throw notInstalled({ process, slot }, sent.detail, part);
  }
  verifyInstalled({ Output: { ...(await network.result(process, slot, signal)) } }, { process, slot });
  return { slot, sha256: sourceHash(source) };
}

/**
 * What aos answers there must be the program's own words.
 * @throws Fault `ao/aos-not-installed`, `ao/aos-other-program`
 */
export function verifyInstalled(result: AoMap, place: Place): void {
  const { Error: error, Output } = result;
  if (error !== undefined) throw notInstalled(place, String(error));
  // aos itself shows its prompt, to every Eval and to whoever is not its owner.
  if ('prompt' in mapOf(Output)) throw notInstalled(place, 'aos answered itself: the signer does not own the process, or its aos cannot boot from data');
}

function notInstalled({ process, slot }: Place, said: string, part = 0): Fault {
  // aos colours its messages.
  const text = said.replaceAll(/\x1b\[\d*m/g, '').trim().slice(0, 500);
  const other = /another program is installed: (\w+)/.exec(text)?.[1];
  if (other !== undefined) {
    return new Fault('ao/aos-other-program', `${process} runs another program already: ${other}`, {
      hint: 'Upgrade it by the operations of the kernel, or spawn another process.', details: { process, slot, installed: other },
    });
  }
  return new Fault('ao/aos-not-installed', `the program is not installed in ${process}: ${text}`, {
    hint: part > 0
      ? 'Parts were staged in the global BeamlineParts, nothing else was changed. Install again, or clear it by Eval: BeamlineParts = nil.'
      : 'Compute units undo an Eval that fails. Where one did not, Eval "return Beamline" shows what is left; a fresh process is the safe way.',
    details: { process, slot },
  });
}
