/** What a decoder of a packed table costs, roughly: a loop over `string.sub` or `string.gmatch`. */
const DECODER_BYTES = 90;

/** How a table would be written shorter, and its bytes then; undefined for data that no rule packs. */
export function packData(value: unknown): { how: string; bytes: number } | undefined {
  if (!Array.isArray(value) || value.length < 16) return undefined;
  if (value.every((item) => Number.isSafeInteger(item) && item >= 0)) {
    const digits = Math.max(...(value as number[]).map((item) => String(item).length));
    return { how: `as a string of ${digits === 1 ? 'one digit' : `${digits} digits`} an item`, bytes: value.length * digits + DECODER_BYTES };
  }
  if (value.every((item) => typeof item === 'string')) {
    const bytes = (value as string[]).reduce((sum, item) => sum + Buffer.byteLength(item) + 1, 0);
    return { how: 'as one string with separators', bytes: bytes + DECODER_BYTES };
  }
  return undefined;
}
