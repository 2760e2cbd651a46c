export { createLegacynet, type LegacynetOptions } from './legacynet/create-legacynet.ts';
