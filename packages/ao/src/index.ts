export { createHyperbeam, type HyperbeamOptions } from './hyperbeam/create-hyperbeam.ts';
export { createFailover, type FailoverOptions } from './failover/create-failover.ts';
export { arweaveSigner } from './signers/arweave-signer.ts';
export { ethereumSigner } from './signers/ethereum-signer.ts';
export { loadSigner } from './signers/load-signer.ts';
export { createWallet } from './signers/wallet-file.ts';
export type { ArweaveJwk } from './signers/jwk.ts';
export { readProgram, type Program } from './program.ts';
export { signerOfBytes, type SignedBytes } from './ans104/verify.ts';
