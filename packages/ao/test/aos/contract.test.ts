import { describeAoNetwork } from '../../src/testing.ts';
import { aosIt, hasAos } from './open-aos.ts';
import { openLegacynet } from './open-legacynet.ts';

if (hasAos) {
  describeAoNetwork('legacynet client, aos processes, on the local network', async () => ({ ...(await openLegacynet()), lacks: ['names', 'delivery-report', 'bricks'] }));
} else {
  aosIt('the contract of AoNetwork', () => undefined);
}
