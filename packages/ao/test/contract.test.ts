import { openLocal } from './open-local.ts';
import { describeAoNetwork, describeHyperbeamNode } from '../src/testing.ts';

describeAoNetwork('HyperBEAM client on the local network', openLocal);
describeHyperbeamNode('the local network', async () => openLocal());
