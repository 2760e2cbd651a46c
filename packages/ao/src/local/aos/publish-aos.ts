import { readFile } from 'node:fs/promises';
import { Fault, type AoMap, type Id } from '@beamline/core';
import { bytesOfText, loadAosModule, type AosModule } from '@beamline/vm';
import { createItem } from '../../ans104/create.ts';
import { parseItem } from '../../ans104/parse.ts';
import type { LocalNode } from '../node.ts';

/** An aos module that the user supplies: it is under a licence of its own and no part of Beamline. */
export interface AosFile {
  /** Path of the `.wasm` file. */
  path: string;
  /** Of its bytes, hex. @default whatever the file holds */
  sha256?: string;
}

/** The name under which a local network's own aos module is found. */
export const AOS_NAME = 'aos';

const FORMATS = { 4: 'wasm32-unknown-emscripten4', 8: 'wasm64-unknown-emscripten-draft_2024_02_15' } as const;

/**
 * Publishes a module from a file under the operator's signature and names it `aos`. Once: the same file keeps its id
 * over restarts, another one gets a new id.
 * @throws Fault `ao/no-aos`, `vm/wrong-module`, `vm/bad-module`
 */
export async function publishAos(node: LocalNode, { path, sha256 }: AosFile): Promise<Id> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new Fault('ao/no-aos', `the aos module ${path} cannot be read`, { hint: 'Give the path of the .wasm file of an aos release.', cause });
  });
  const aos = loadAosModule(bytes, sha256);
  const known = node.alias(AOS_NAME);
  if (known !== undefined && holds(await node.message(known), aos)) return known;
  const { id, raw } = await createItem(node.signer, { tags: moduleTags(aos), data: bytes });
  await node.spawn(parseItem(raw), raw).durable;
  await node.setAlias(AOS_NAME, id);
  return id;
}

function holds(module: AoMap | undefined, { sha256 }: AosModule): boolean {
  const data = module?.['data'];
  return typeof data === 'string' && loadAosModule(bytesOfText(data)).sha256 === sha256;
}

function moduleTags({ pointerBytes }: AosModule) {
  return Object.entries({
    'Data-Protocol': 'ao', Variant: 'ao.TN.1', Type: 'Module', 'Module-Format': FORMATS[pointerBytes], 'Input-Encoding': 'JSON-1',
    'Output-Encoding': 'JSON-1', 'Memory-Limit': '1-gb', 'Compute-Limit': '9000000000000', 'Content-Type': 'application/wasm',
  }).map(([name, value]) => ({ name, value }));
}
