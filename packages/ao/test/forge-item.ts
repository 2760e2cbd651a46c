import { constants, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Signer } from '@beamline/core';
import { parseItem } from '../src/ans104/parse.ts';

/** Items as our own client would never make them. */
export interface Forged {
  raw: Buffer;
  tagBytes: number;
}

export interface ForgedSpec {
  signer: Signer;
  /** Base64url; none when empty. */
  target?: string;
  tags?: readonly (readonly [string, string])[];
  /** What the head says of the tags. @default the truth */
  count?: number;
  data?: Uint8Array | string;
}

const u64 = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};

/** Avro's zigzag varint. */
export function long(value: number): Buffer {
  const bytes: number[] = [];
  let left = value * 2;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return Buffer.from([...bytes, left]);
}

const text = (value: string) => [long(Buffer.byteLength(value)), Buffer.from(value)];

/** An item laid out and signed as told. */
export async function forge({ signer, target = '', tags = [], count = tags.length, data = 'data' }: ForgedSpec): Promise<Forged> {
  const avro = Buffer.concat([long(tags.length), ...tags.flatMap(([name, value]) => [...text(name), ...text(value)]), long(0)]);
  const length = signer.type === 1 ? 512 : 65;
  const raw = Buffer.concat([
    Buffer.from([signer.type, 0]), Buffer.alloc(length), signer.publicKey,
    ...(target === '' ? [Buffer.from([0])] : [Buffer.from([1]), Buffer.from(target, 'base64url')]), Buffer.from([0]),
    u64(count), u64(avro.length), avro, Buffer.from(data),
  ]);
  try {
    raw.set(await signer.sign(parseItem(raw).digest()), 2);
  } catch {
    // Too many tags to be read at all: the signature is not what stops it.
  }
  return { raw, tagBytes: avro.length };
}

/** An item signed with an RSA key of another size, its fields as long as that key, or padded to what an item has. */
export function forgeWithKeyOf(bits: number, target: string, padded: boolean): Buffer {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  const modulus = Buffer.from(publicKey.export({ format: 'jwk' }).n as string, 'base64url');
  const pad = (bytes: Buffer) => (padded ? Buffer.concat([Buffer.alloc(512 - bytes.length), bytes]) : bytes);
  const rest = Buffer.concat([Buffer.from([1]), Buffer.from(target, 'base64url'), Buffer.from([0]), u64(0), u64(0), Buffer.from('data')]);
  const whole = (signature: Buffer) => Buffer.concat([Buffer.from([1, 0]), signature, pad(modulus), rest]);
  const digest = padded ? parseItem(whole(Buffer.alloc(512))).digest() : Buffer.alloc(48);
  return whole(pad(pss(privateKey, digest)));
}

const pss = (key: KeyObject, bytes: Buffer) => sign('sha256', bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
