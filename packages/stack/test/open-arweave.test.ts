import { expect, it } from '@jest/globals';
import { ethereumSigner } from '@beamline/ao';
import { systemClock } from '@beamline/core';
import { openArweave } from '../src/anchor/open-arweave.ts';
import type { EnvironmentConfig } from '../src/config.ts';
import type { Connection } from '../src/network/connect.ts';

const owner = ethereumSigner('31'.repeat(32));
function open(config: EnvironmentConfig) {
  let connected = 0;
  const connection = async () => {
    connected += 1;
    return { url: 'http://127.0.0.1:1', signer: owner } as Connection;
  };
  return { opened: openArweave({ environment: 'live', config, root: '.', clock: systemClock, connection }), connected: () => connected };
}
const elsewhere = { kind: 'hyperbeam', url: 'https://node.example' } as const;
const urls = { upload: 'https://up.example', gateway: 'https://gateway.example' };

it('asks where to anchor when the network is elsewhere', async () => {
  await expect(open({ network: elsewhere, signer: 'env:W' }).opened).rejects.toMatchObject({
    code: 'stack/no-anchor', hint: expect.stringContaining('environments.live.anchor') as unknown as string,
  });
});

it('trusts its own signer, who is the environment’s unless another is named', async () => {
  const at = await open({ network: { kind: 'local' } }).opened;
  expect(await at.owners()).toEqual([owner.address]);
  expect((await at.signer()).address).toBe(owner.address);
});

it('needs neither network nor wallet to verify where owners are named', async () => {
  const { opened, connected } = open({ network: elsewhere, anchor: { ...urls, owners: ['0xabc'] } });
  expect(await (await opened).owners()).toEqual(['0xabc']);
  expect(connected()).toBe(0);
});
