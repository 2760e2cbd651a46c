/** An Arweave wallet: RSA-4096 as a JSON Web Key. `p` … `qi` may be missing, as in HyperBEAM's key files. */
export interface ArweaveJwk {
  kty: 'RSA';
  n: string;
  e: string;
  d: string;
  p?: string;
  q?: string;
  dp?: string;
  dq?: string;
  qi?: string;
}

export type FullArweaveJwk = Required<ArweaveJwk>;

/** Fills in the primes and exponents that Node's crypto needs, from `n`, `e`, `d` alone. */
export function completeJwk(jwk: ArweaveJwk): FullArweaveJwk {
  const { kty, n, e, d, p, q, dp, dq, qi } = jwk;
  if (p && q && dp && dq && qi) return { kty, n, e, d, p, q, dp, dq, qi };
  const modulus = toBigInt(n);
  const secret = toBigInt(d);
  const [first, second] = factor(modulus, toBigInt(e), secret);
  return {
    kty, n, e, d,
    p: toText(first),
    q: toText(second),
    dp: toText(secret % (first - 1n)),
    dq: toText(secret % (second - 1n)),
    qi: toText(power(second, first - 2n, first)),
  };
}

/**
 * NIST SP 800-56B, appendix C: a square root of 1 other than ±1 modulo n shares a factor with n.
 * Half of all bases give one; a hundred failures mean that the key is no RSA key.
 */
function factor(n: bigint, e: bigint, d: bigint): [bigint, bigint] {
  let odd = e * d - 1n;
  let twos = 0;
  while (odd > 0n && odd % 2n === 0n) {
    odd /= 2n;
    twos += 1;
  }
  for (let base = 2n; twos > 0 && base < 102n; base++) {
    let root = power(base, odd, n);
    for (let i = 0; i < twos; i++) {
      const square = (root * root) % n;
      if (square === 1n && root !== 1n && root !== n - 1n) {
        const p = commonDivisor(root - 1n, n);
        return p > n / p ? [p, n / p] : [n / p, p];
      }
      root = square;
    }
  }
  throw new RangeError('n, e and d do not belong together');
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (const bit of exponent.toString(2).split('').reverse()) {
    if (bit === '1') result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function commonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

function toBigInt(text: string): bigint {
  return BigInt(`0x${Buffer.from(text, 'base64url').toString('hex') || '0'}`);
}

function toText(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex').toString('base64url');
}
