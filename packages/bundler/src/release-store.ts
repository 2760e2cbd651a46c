import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@beamline/core';
import { canonicalJson } from '@beamline/ecs';
import { filesOf, releaseId, sha256, type Manifest, type Release } from './release.ts';
import { readSignature, type ReleaseSignature, type SignatureCheck } from './release-signature.ts';

const MANIFEST = 'manifest.json';
const SIGNATURE = 'signature.json';

/**
 * Keeps a release under `<dir>/<id>/`: `manifest.json`, bundles, maps, and `signature.json` when it is signed. The folder
 * appears whole or not at all. Writing a release that is there already is a success; a signature that it brings is added,
 * or takes the place of the one there.
 *
 * @throws Fault `bundler/damaged-release` when what is there under this id is not this release.
 */
export async function writeRelease(dir: string, release: Release): Promise<string> {
  const { files, signature, ...manifest } = release;
  const target = join(dir, release.id);
  const draft = `${target}.${randomUUID()}.tmp`;
  try {
    await mkdir(draft, { recursive: true });
    for (const { file } of filesOf(manifest)) await writeDurably(join(draft, file), files[file] ?? '');
    await writeDurably(join(draft, MANIFEST), `${canonicalJson(manifest)}\n`);
    if (signature) await writeDurably(join(draft, SIGNATURE), `${JSON.stringify(signature)}\n`);
    await syncFolder(draft);
    await rename(draft, target).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      await readRelease(dir, release.id);
      if (signature) {
        await rename(join(draft, SIGNATURE), join(target, SIGNATURE));
        await syncFolder(target);
      }
    });
    await syncFolder(dir);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return target;
}

export interface ReadReleaseOptions {
  /** Without it no signature is looked at, and none is in what is read. */
  checkSignature?: SignatureCheck;
}

/**
 * Reads a release and checks every hash, and the signature where there is one.
 *
 * @throws Fault `bundler/missing-release`, `bundler/damaged-release` (naming the file), `bundler/wrong-signature`
 */
export async function readRelease(dir: string, id: string, { checkSignature }: ReadReleaseOptions = {}): Promise<Release> {
  const folder = join(dir, id);
  const manifest = parseManifest(await readText(folder, MANIFEST, id), folder, id);
  const files: Record<string, string> = {};
  for (const { file, sha256: expected } of filesOf(manifest)) {
    const text = await readText(folder, file, id);
    const actual = sha256(text);
    if (actual !== expected) throw damaged(join(folder, file), `should hash to ${expected}, got ${actual}`);
    files[file] = text;
  }
  const signature = checkSignature && await signatureIn(folder, manifest, checkSignature);
  return { ...manifest, files, ...(signature && { signature }) };
}

async function signatureIn(folder: string, manifest: Manifest, check: SignatureCheck): Promise<ReleaseSignature | undefined> {
  const file = join(folder, SIGNATURE);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  return text === undefined ? undefined : readSignature(text, manifest, check, file);
}

function parseManifest(text: string, folder: string, id: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(text) as Manifest;
  } catch (cause) {
    throw damaged(join(folder, MANIFEST), `is not JSON (${String(cause)})`);
  }
  if (manifest.format !== 1) throw damaged(join(folder, MANIFEST), `has format ${String(manifest.format)}, this version reads 1`);
  const { id: claimed, ...content } = manifest;
  const actual = releaseId(content);
  if (claimed !== id || actual !== id) throw damaged(join(folder, MANIFEST), `should have the id ${id}, its content gives ${actual}`);
  return manifest;
}

async function readText(folder: string, file: string, id: string): Promise<string> {
  return readFile(join(folder, file), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    if (file !== MANIFEST) throw damaged(join(folder, file), 'is missing');
    throw new Fault('bundler/missing-release', `no release ${id} in ${folder}`, { cause, hint: 'Build it, or copy its folder here.' });
  });
}

function damaged(path: string, what: string): Fault {
  return new Fault('bundler/damaged-release', `${path} ${what}`, {
    hint: 'Delete the release\'s folder and build it again from its commit, or copy it from another machine.', details: { file: path },
  });
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename survives a crash only once the folder that holds the name is synced too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
