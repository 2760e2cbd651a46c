import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { keyWithId, type KeyRing, type SealKey } from './seal-key.ts';

/*
 * Names would tell which process was saved at which slot, and with their hashes whether a guessed state is the true one.
 * So all but the first segment is encrypted, deterministically, as an object must be found by its name:
 *
 *   <first segment>/<first 8 digits of the key's id>.<base64url(s ‖ AES-256-CTR(k2, s, name))>,  s = HMAC-SHA-256(k1, name)[0…16)
 *
 * (the construction of SIV: s authenticates the name and is the counter's start, which repeats for the same name only).
 * What remains visible: kinds of objects, their number, sizes and times.
 */
const SIV = 16;
const NO_SALT = new Uint8Array(0);
const subkeys = new WeakMap<SealKey, { mac: ReturnType<SealKey['derive']>; enc: ReturnType<SealKey['derive']> }>();

function subkeysOf(key: SealKey) {
  let found = subkeys.get(key);
  if (found === undefined) {
    found = { mac: key.derive(NO_SALT, 'beamline sealed name, authentication'), enc: key.derive(NO_SALT, 'beamline sealed name, encryption') };
    subkeys.set(key, found);
  }
  return found;
}

export function sealName(key: SealKey, name: string): string {
  const { mac, enc } = subkeysOf(key);
  const slash = name.indexOf('/');
  const siv = createHmac('sha256', mac).update(name).digest().subarray(0, SIV);
  const cipher = createCipheriv('aes-256-ctr', enc, siv);
  const sealed = Buffer.concat([siv, cipher.update(name.slice(slash + 1), 'utf8'), cipher.final()]);
  return `${name.slice(0, slash + 1)}${key.id.slice(0, 8)}.${sealed.toString('base64url')}`;
}

/**
 * `undefined`: not a sealed name, or one that was tampered with.
 * @throws Fault `persistence/unknown-key`: a store of which a part cannot be seen must not look empty
 */
export function openName(keys: KeyRing, sealed: string): string | undefined {
  const [, folder, id, text] = /^(.*\/)?([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/.exec(sealed) ?? [];
  if (id === undefined || text === undefined) return undefined;
  const key = keys.find((one) => one.id.startsWith(id)) ?? keyWithId(keys, id, `an object in ${folder ?? 'the store'}`);
  const { mac, enc } = subkeysOf(key);
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length < SIV) return undefined;
  const siv = bytes.subarray(0, SIV);
  const decipher = createDecipheriv('aes-256-ctr', enc, siv);
  const name = (folder ?? '') + Buffer.concat([decipher.update(bytes.subarray(SIV)), decipher.final()]).toString('utf8');
  return timingSafeEqual(createHmac('sha256', mac).update(name).digest().subarray(0, SIV), siv) ? name : undefined;
}
