import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { it } from '@jest/globals';
import { systemClock } from '@beamline/core';
import { createHyperbeam, createWallet, loadSigner } from '@beamline/ao';
import { describeAoNetwork, describeHyperbeamNode } from '../src/testing.ts';

// AO_URL=http://127.0.0.1:8734 AO_OPERATOR=file:hyperbeam-key.json [AO_PLAYER=file:wallet.json] npm run test:network
const { AO_URL: url, AO_OPERATOR: operator, AO_PLAYER: player } = env;

// aoconnect puts the word "undefined" there when it is imported.
if (url === undefined || url === '' || url === 'undefined') it.skip('runs against the node at AO_URL', () => undefined);
else {
  const open = async () => {
    const dir = await mkdtemp(join(tmpdir(), 'beamline-any-node-'));
    const stranger = player ? await loadSigner(player) : await createWallet(join(dir, 'player.json'));
    return {
      network: createHyperbeam({ url, clock: systemClock }),
      operator: operator ? await loadSigner(operator) : stranger,
      player: stranger,
      dispose: () => rm(dir, { recursive: true, force: true }),
    };
  };
  describeAoNetwork(`HyperBEAM client on ${url}`, open);
  describeHyperbeamNode(url, open);
}
