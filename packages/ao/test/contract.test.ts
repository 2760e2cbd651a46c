import { openLocal } from './open-local.ts';
import { describeAoNetwork } from '../src/testing.ts';

describeAoNetwork('HyperBEAM client on the local network', openLocal);
