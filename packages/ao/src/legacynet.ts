export { createLegacynet, type LegacynetOptions } from './legacynet/create-legacynet.ts';
export type { Legacynet } from './legacynet/create-legacynet.ts';
export type { DryRun } from './legacynet/dry-runs.ts';
export { aosChunk, evalsOf } from './legacynet/aos/aos-chunk.ts';
export { installOnAos, type Installed, type InstallOptions } from './legacynet/aos/install-on-aos.ts';
export { createNameFile, type NameBook } from './legacynet/name-file.ts';
