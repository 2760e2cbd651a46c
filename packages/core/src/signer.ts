/** 43 characters of base64url: SHA-256 of an item's signature, or of a public key. */
export type Id = string;
export type ProcessId = Id;
export type MessageId = Id;
/** Base64url SHA-256 of an Arweave owner; `0x…` checksummed for Ethereum keys. */
export type Address = string;

/**
 * Signs bytes with one key. Keys stay behind this seam: a KMS, HSM or wallet implements it without exposing them.
 * Signatures are randomised, as ids are made of them: the same message signed twice is two messages.
 * `type` is the ANS-104 signature type: 1 = Arweave RSA-4096 PSS SHA-256, 3 = Ethereum secp256k1.
 */
export interface Signer {
  readonly address: Address;
  readonly type: 1 | 3;
  /** Raw owner bytes as ANS-104 stores them: 512 bytes (type 1) or 65 bytes (type 3). */
  readonly publicKey: Uint8Array;
  /**
   * Type 1: RSA-PSS with salt 32; ANS-104 items use SHA-256 (the default), HTTP signatures SHA-512.
   * Type 3: Ethereum's `personal_sign` of the bytes, 65 bytes r ‖ s ‖ v; the digest is always Keccak-256.
   */
  sign(bytes: Uint8Array, digest?: 'sha256' | 'sha512'): Promise<Uint8Array>;
}
