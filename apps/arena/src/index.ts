export { createCrowd, type Crowd, type CrowdOptions } from './players/crowd.ts';
export { auditLedger, createLedger, type Account, type Audit, type Ledger, type SenderRow } from './players/ledger.ts';
export { readSenders } from './players/read-senders.ts';
export { createSigners, playersFolder, type SignerOptions } from './players/signers.ts';
export { createSmokeTest, type SmokeContext, type SmokeTest } from './smoke.ts';
