type Sha256 = (bytes: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer | Uint8Array> | ArrayBuffer | Uint8Array;
export interface Proved {
  root: string; process: string; slot: number; anchor: string;
  entity: number; component: string; values: Record<string, number | string>;
}
const WIDTH: Record<string, number> = { u8: 1, i8: 1, bool: 1, u16: 2, i16: 2, u32: 4, i32: 4, eid: 4, i53: 8, f64: 8 };
const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const uint = (bytes: Uint8Array): number => bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);

/** What a proof (proof-file.ts) proves of the world with that root; what else is expected is compared. To be copied anywhere. @throws Error */
export async function verifyProof(
  file: Uint8Array, expected: Partial<Proved> & { root: string }, sha256: Sha256 = (bytes) => crypto.subtle.digest('SHA-256', bytes),
): Promise<Proved> {
  const fail = (why: string): never => { throw new Error(`not proved: ${why}`); };
  const hash = async (...parts: (Uint8Array | number[])[]) => {
    const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    parts.reduce((to, part) => (joined.set(part, to), to + part.length), 0);
    return new Uint8Array(await sha256(joined));
  };
  const utf8 = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  let at = 0;
  const take = (size: number): Uint8Array => (at + size > file.length ? fail('the file is cut') : file.subarray(at, at += size));
  const hashes = (): Uint8Array[] => Array.from({ length: uint(take(1)) }, () => take(32));
  const climb = async (leaf: Uint8Array, n: number, count: number, path: Uint8Array[]): Promise<Uint8Array> => {
    if (count === 1) return path.length === 0 ? hash([1], leaf) : fail('a path is too long');
    const side = path.pop() ?? fail('a path is too short');
    const half = 2 ** (Math.ceil(Math.log2(count)) - 1);
    return n < half ? hash([2], await climb(leaf, n, half, path), side) : hash([2], side, await climb(leaf, n - half, count - half, path));
  };
  if (utf8(take(5)) !== 'BLPF\x01') fail('it is no proof of version 1');
  const [process, anchor, slot, root, entity] = [utf8(take(uint(take(1)))), utf8(take(uint(take(1)))), uint(take(8)), take(32), uint(take(4))];
  const [tables, table, header, page] = [uint(take(4)), uint(take(4)), take(uint(take(4))), uint(take(4))];
  const [inTable, inWorld] = [hashes(), hashes()];
  if (hexOf(await hash(file.subarray(0, at))) !== hexOf(take(32))) fail('the file is damaged');
  const cells = file.subarray(at);
  const [component, rows, columns] = JSON.parse(utf8(header)) as [string, number, [string, string][]];
  const pages = Math.ceil(rows / 1024);
  if (table >= tables || page >= pages) fail('a place lies outside');
  const size = new Uint8Array(Uint32Array.of(header.length, tables).buffer);
  const leaf = await hash([3], size.subarray(0, 4), header, await climb(await hash(cells), page, pages, inTable));
  if (hexOf(await hash([4], size.subarray(4), await climb(leaf, table, tables, inWorld))) !== hexOf(root) || hexOf(root) !== expected.root) fail('the root is another');
  [at, file] = [4, cells];
  const count = uint(cells.subarray(0, 4));
  const data = columns.map(([, kind]) => {
    const lengths = kind === 'str' ? Array.from({ length: count }, () => uint(take(4))) : Array<number>(count).fill(WIDTH[kind] ?? fail(`${kind} is unknown`));
    return lengths.map((length) => take(length));
  });
  const row = columns[0]?.[0] === '$entity' ? data[0]!.findIndex((cell) => uint(cell) === entity) : -1;
  if (row < 0) fail(`${entity} is not in that page`);
  const values = Object.fromEntries(columns.slice(1).map(([name, kind], c) => {
    const cell = data[c + 1]![row]!;
    const view = new DataView(cell.buffer, cell.byteOffset, cell.length);
    if (kind === 'str') return [name, utf8(cell)];
    if (kind.startsWith('i')) return [name, kind === 'i53' ? Number(view.getBigInt64(0, true)) : (uint(cell) << (32 - cell.length * 8)) >> (32 - cell.length * 8)];
    return [name, kind === 'f64' ? view.getFloat64(0, true) : uint(cell)];
  }));
  const proved: Proved = { root: hexOf(root), process, slot, anchor, entity, component, values };
  for (const [key, value] of Object.entries(expected)) if (JSON.stringify(proved[key as keyof Proved]) !== JSON.stringify(value)) fail(`its ${key} is another`);
  return proved;
}
