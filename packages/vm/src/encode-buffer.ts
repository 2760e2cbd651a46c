import { bytesOfText } from './exact-text.ts';

/** Where values are encoded: grows as needed; one is reused for all messages of a thread. */
let buffer = Buffer.allocUnsafe(65_536);
let end = 0;

/** Longer texts are written faster by the platform than byte by byte. */
const SHORT_TEXT = 32;

function reserve(bytes: number): void {
  if (end + bytes <= buffer.length) return;
  const grown = Buffer.allocUnsafe(Math.max(buffer.length * 2, end + bytes));
  buffer.copy(grown, 0, 0, end);
  buffer = grown;
}

export const encodeBuffer = {
  clear(): void {
    end = 0;
  },
  length: () => end,
  /** Forgets what was written after a position. */
  cut(position: number): void {
    end = position;
  },
  /** Writes over what is there already. */
  write(position: number, bytes: Uint8Array): void {
    buffer.set(bytes, position);
  },
  writeCount(position: number, count: number): void {
    buffer.writeUInt32LE(count, position);
  },
  copy(): Uint8Array<ArrayBuffer> {
    const block = new Uint8Array(end);
    block.set(buffer.subarray(0, end));
    return block;
  },
};

export function putByte(byte: number): void {
  reserve(1);
  buffer[end++] = byte;
}

export function putTag(tag: string): void {
  putByte(tag.charCodeAt(0));
}

export function putCount(count: number): void {
  reserve(4);
  end = buffer.writeUInt32LE(count, end);
}

/** Length as u32, then bytes; see `exact-text.ts`. */
export function putText(text: string): void {
  reserve(4 + text.length * 3);
  const start = end + 4;
  let length = text.length <= SHORT_TEXT ? putAscii(text, start) : -1;
  if (length < 0 && text.isWellFormed()) length = buffer.write(text, start, 'utf8');
  else if (length < 0) {
    const bytes = bytesOfText(text);
    length = bytes.length;
    buffer.set(bytes, start);
  }
  buffer.writeUInt32LE(length, end);
  end = start + length;
}

/** -1 when the text is not ASCII. */
function putAscii(text: string, start: number): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return -1;
    buffer[start + i] = code;
  }
  return text.length;
}

/** A safe integer as i64. */
export function putInteger(value: number): void {
  reserve(8);
  const high = Math.floor(value / 4_294_967_296);
  buffer.writeUInt32LE(value - high * 4_294_967_296, end);
  end = buffer.writeInt32LE(high, end + 4);
}

export function putFloat(value: number): void {
  reserve(8);
  end = buffer.writeDoubleLE(value, end);
}

export function putBytes(bytes: Uint8Array): void {
  reserve(bytes.length);
  buffer.set(bytes, end);
  end += bytes.length;
}
