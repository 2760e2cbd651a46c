import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createWallet, ethereumSigner } from '@beamline/ao';
import type { Signer } from '@beamline/core';

export interface SignerOptions {
  /** Players in all. */
  count: number;
  /** Folder of the Arweave wallets: they are made on first use, with file mode 600, and kept. */
  folder: string;
  /** How many players use Arweave wallets: an RSA-4096 key takes up to seconds to make. @default 4 */
  wallets?: number;
}

/** Keys for the crowd: a handful of Arweave wallets, Ethereum keys made anew for the rest. */
export async function createSigners({ count, folder, wallets = 4 }: SignerOptions): Promise<Signer[]> {
  const arweave = Array.from({ length: Math.min(count, wallets) }, (_, i) => createWallet(join(folder, `player-${i}.json`)));
  const ethereum = Array.from({ length: Math.max(0, count - wallets) }, () => ethereumSigner(randomBytes(32).toString('hex')));
  return [...await Promise.all(arweave), ...ethereum];
}

/** The user's state folder for the arena: `$XDG_STATE_HOME/beamline/arena`, by default below `~/.local/state`. */
export function playersFolder({ XDG_STATE_HOME: state, HOME: home = '.' }: Readonly<Record<string, string | undefined>>): string {
  return join(state !== undefined && state !== '' ? state : join(home, '.local/state'), 'beamline', 'arena');
}
