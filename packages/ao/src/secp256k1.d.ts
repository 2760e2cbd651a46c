declare module 'secp256k1' {
  interface Signature { signature: Uint8Array; recid: number }
  const secp256k1: {
    publicKeyCreate(privateKey: Uint8Array, compressed: boolean): Uint8Array;
    privateKeyVerify(privateKey: Uint8Array): boolean;
    ecdsaSign(message: Uint8Array, privateKey: Uint8Array, options?: { data: Uint8Array }): Signature;
    ecdsaVerify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
    ecdsaRecover(signature: Uint8Array, recid: number, message: Uint8Array, compressed: boolean): Uint8Array;
  };
  export default secp256k1;
}

declare module 'keccak' {
  interface Hash { update(bytes: Uint8Array): Hash; digest(): Buffer }
  export default function createKeccakHash(name: 'keccak256'): Hash;
}
