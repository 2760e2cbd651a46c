import { createHash } from 'node:crypto';
import { canonicalJson, type Layout } from '@beamline/ecs';
import type { Bundle, BundleTarget } from './bundle.ts';
import type { MessageContract } from './messages/message-contract.ts';
import type { ReleaseSignature } from './release-signature.ts';

/** One bundle of a release; its code is `files[file]`. */
export interface BundleRef extends Pick<Bundle, 'sha256' | 'bytes' | 'gzipBytes' | 'modules'> {
  file: string;
  map: string;
  mapSha256: string;
}

export interface ReleaseRole {
  bundles: { lua: BundleRef; aos?: BundleRef; js?: BundleRef };
  layout: Layout;
  /** SHA-256 of the layout's canonical JSON: what the process reports. */
  layoutHash: string;
  dependsOn: readonly string[];
  shards: number;
  /** What clients send, and which components they read. Absent in releases of before. */
  clients?: { actions: readonly string[]; reads: readonly string[] };
  /** What it says to other roles, and wants to be told. Absent in releases of before. */
  messages?: MessageContract;
}

/** Plain data that `@beamline/persistence` reads; nothing here looks inside. */
export type MigrationSpec = Readonly<Record<string, unknown>>;

/** The immutable set of everything an environment runs. Same sources, tools and options give the same id. */
export interface Release {
  format: 1;
  /** SHA-256 of the canonical JSON of everything but `id`, `files` and `signature`. */
  id: string;
  game: string;
  version: string;
  roles: Readonly<Record<string, ReleaseRole>>;
  migrations: readonly MigrationSpec[];
  /** Compiler versions by name. */
  toolchain: Readonly<Record<string, string>>;
  /** Source commit, with `+changes` when the sources had others. */
  commit?: string;
  /** What fixed the versions of dependencies: its name and SHA-256. */
  lockfile?: Lockfile;
  /** Contents by file name: bundles and their maps. Not part of the manifest, but of its hashes. */
  files: Readonly<Record<string, string>>;
  /** Of the manifest, checked; not part of it. */
  signature?: ReleaseSignature;
}

/** `package-lock.json` and the like. */
export interface Lockfile {
  name: string;
  sha256: string;
}

/** What a release's `manifest.json` holds. */
export type Manifest = Omit<Release, 'files' | 'signature'>;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export function releaseId(manifest: Omit<Manifest, 'id'>): string {
  return sha256(canonicalJson(manifest));
}

export function bundleRef({ role, target, sha256: hash, bytes, gzipBytes, modules, map }: Bundle): BundleRef {
  const file = bundleFile(role, target);
  return { file, map: `${file}.map`, sha256: hash, mapSha256: sha256(map), bytes, gzipBytes, modules };
}

const EXTENSIONS: Readonly<Record<BundleTarget, string>> = { lua: 'lua', aos: 'aos.lua', js: 'mjs' };

function bundleFile(role: string, target: BundleTarget): string {
  return `${role}.${EXTENSIONS[target]}`;
}

/** Every file a manifest names, with the hash it must have. */
export function filesOf({ roles }: Pick<Manifest, 'roles'>): { file: string; sha256: string }[] {
  return Object.values(roles).flatMap(({ bundles: { lua, aos, js } }) => [lua, ...(aos ? [aos] : []), ...(js ? [js] : [])])
    .flatMap((ref) => [{ file: ref.file, sha256: ref.sha256 }, { file: ref.map, sha256: ref.mapSha256 }]);
}
