import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { createSigners, playersFolder } from '../src/index.ts';

it('keeps Arweave wallets between runs, for nobody else to read, and makes Ethereum keys anew', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'arena-players-'));
  const first = await createSigners({ count: 4, folder, wallets: 1 });
  const second = await createSigners({ count: 4, folder, wallets: 1 });
  expect(first.map(({ type }) => type)).toEqual([1, 3, 3, 3]);
  expect(second[0]!.address).toBe(first[0]!.address);
  expect(second[1]!.address).not.toBe(first[1]!.address);
  expect(statSync(join(folder, 'player-0.json')).mode & 0o777).toBe(0o600);
  rmSync(folder, { recursive: true });
}, 30_000);

it('respects the user\'s state folder', () => {
  expect(playersFolder({ XDG_STATE_HOME: '/state', HOME: '/home/ada' })).toBe('/state/beamline/arena');
  expect(playersFolder({ XDG_STATE_HOME: '', HOME: '/home/ada' })).toBe('/home/ada/.local/state/beamline/arena');
});
