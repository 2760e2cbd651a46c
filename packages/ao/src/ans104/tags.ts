import type { Tag } from '@beamline/core';

/**
 * Reads the avro array of ANS-104 tags: blocks of (count, name, value …), closed by a zero count.
 * @throws RangeError when the bytes end early or carry more than `limit` tags.
 */
export function decodeTags(bytes: Buffer, limit: number): Tag[] {
  const tags: Tag[] = [];
  let at = 0;

  const long = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined || scale > 2 ** 42) throw new RangeError('tags end early');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      scale *= 128;
    }
  };
  const text = (): string => {
    const length = long();
    if (length < 0 || at + length > bytes.length) throw new RangeError('tags end early');
    at += length;
    return bytes.toString('utf8', at - length, at);
  };

  for (let count = long(); count !== 0; count = long()) {
    if (count < 0) {
      count = -count;
      long(); // a negative count is followed by the block's size in bytes
    }
    if (tags.length + count > limit) throw new RangeError('too many tags');
    for (; count > 0; count--) tags.push({ name: text(), value: text() });
  }
  return tags;
}

/** The bytes that arbundles, and most others, sign for these tags: one avro block; nothing for no tags. */
export function encodeTags(tags: readonly Tag[]): Buffer {
  if (tags.length === 0) return Buffer.alloc(0);
  const texts = tags.flatMap(({ name, value }) => [Buffer.from(name, 'utf8'), Buffer.from(value, 'utf8')]);
  return Buffer.concat([long(tags.length), ...texts.flatMap((text) => [long(text.length), text]), long(0)]);
}

/** Avro's zigzag of a count: seven bits a byte, the lowest first. */
function long(count: number): Buffer {
  const bytes: number[] = [];
  let rest = count * 2;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}
