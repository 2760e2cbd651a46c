import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** What a build has read and looked for. Texts are read once, until somebody asks what has changed. */
export interface Files {
  /** Text of a file; undefined where there is none. */
  read(path: string): string | undefined;
  /** SHA-256 of a file's text; undefined where there is none. */
  hash(path: string): string | undefined;
  kind(path: string): 'file' | 'folder' | undefined;
  /** Looks again at everything that was asked for: the paths where something else is now. */
  changes(): FileChange[];
  /** The paths, of these, where `changes` would find something that was not there before; it still does after. */
  stale(paths: readonly string[]): string[];
  /** The same files, with a list of its own of what was asked for through it. */
  view(): FilesView;
}

export interface FileChange {
  path: string;
  /** Something appeared, disappeared, or says how packages are resolved: imports may lead elsewhere. */
  moves: boolean;
}

export interface FilesView extends Files {
  paths(): readonly string[];
}

interface Known {
  stamp: string;
  kind: 'file' | 'folder' | undefined;
  /** Changed so shortly before it was read that another change may bear the same time. */
  fresh: boolean;
  text?: string | undefined;
  hash?: string | undefined;
}

/** A file system's clock may tick this seldom. */
const TICK_MS = 50;

export function createFiles(now: () => number = Date.now): Files {
  const known = new Map<string, Known>();
  const look = (path: string): Known => {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    const kind = stat?.isFile() ? 'file' : stat?.isDirectory() ? 'folder' : undefined;
    // A folder changes with what is in it, which is asked for by itself.
    const stamp = kind === 'file' && stat ? `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}` : String(kind);
    return { stamp, kind, fresh: kind === 'file' && stat !== undefined && now() - Number(stat.ctimeMs) < TICK_MS };
  };
  const find = (path: string): Known => {
    let found = known.get(path);
    if (!found) {
      found = look(path);
      known.set(path, found);
    }
    return found;
  };
  const files: Files = {
    read(path) {
      const found = find(path);
      if (found.kind === 'file' && found.text === undefined) found.text = readText(path);
      return found.text;
    },
    hash(path) {
      const found = find(path);
      if (found.kind === 'file') found.hash ??= digest(files.read(path) ?? '');
      return found.hash;
    },
    kind: (path) => find(path).kind,
    changes: () => [...known].flatMap(([path, before]) => {
      const after = look(path);
      if (after.stamp === before.stamp && !before.fresh) return [];
      const text = after.kind === 'file' && before.text !== undefined ? readText(path) : undefined;
      if (after.kind === before.kind && text === before.text) {
        Object.assign(before, { stamp: after.stamp, fresh: after.fresh });
        return [];
      }
      known.set(path, after);
      return [{ path, moves: after.kind !== before.kind || path.endsWith('/package.json') }];
    }),
    stale: (paths) => paths.filter((path) => {
      const before = known.get(path);
      return before !== undefined && look(path).stamp !== before.stamp;
    }),
    view() {
      const paths = new Set<string>();
      const noted = <T>(ask: (path: string) => T) => (path: string): T => {
        paths.add(path);
        return ask(path);
      };
      return { ...files, read: noted(files.read), hash: noted(files.hash), kind: noted(files.kind), paths: () => [...paths] };
    },
  };
  return files;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** What is at a path: the SHA-256 of a file, or what else is there. */
export const inputAt = (files: Files, path: string): string => files.hash(path) ?? files.kind(path) ?? 'nothing';

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
