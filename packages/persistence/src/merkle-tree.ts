import { sha256Hex } from './sha256.ts';

/*
 * The tree of image-root.ts, level by level: pairs are joined, and a last one without a partner moves up as it is. That
 * is the same tree as splitting at the largest power of two, and it lets one changed leaf cost one hash per level.
 */

/** A Merkle tree over page ids that remembers its inner nodes. Lower-case hex in and out. */
export interface MerkleTree {
  /** Changes a leaf, or adds the next one. */
  set(n: number, id: string): void;
  /** Drops leaves from `count` on. */
  truncate(count: number): void;
  root(): string;
  /** The hashes beside the way from leaf `n` to the root, the lowest first. */
  path(n: number): string[];
  /** A tree that starts as this one is. */
  copy(): MerkleTree;
}

export function createMerkleTree(ids: readonly string[] = []): MerkleTree {
  return growTree([ids.map(leafHash)], new Set());
}

function growTree(levels: string[][], unjoined: ReadonlySet<number>): MerkleTree {
  let changed = new Set(unjoined);

  const tree: MerkleTree = {
    set(n, id) {
      levels[0]![n] = leafHash(id);
      changed.add(n);
    },

    truncate(count) {
      if (count >= levels[0]!.length) return;
      levels[0]!.length = count;
      if (count > 0) changed.add(count - 1);
    },

    root() {
      let level = 0;
      for (; levels[level]!.length > 1; level += 1) {
        const below = levels[level]!;
        const above = levels[level + 1] ?? [];
        const stale = levels[level + 1] === undefined
          ? below.keys()
          : [...changed].filter((n) => n < below.length);
        levels[level + 1] = above;
        above.length = (below.length + 1) >> 1;
        const parents = new Set<number>();
        for (const n of stale) parents.add(n >> 1);
        for (const n of parents) {
          const right = below[2 * n + 1];
          above[n] = right === undefined ? below[2 * n]! : nodeHash(below[2 * n]!, right);
        }
        changed = parents;
      }
      levels.length = level + 1;
      changed = new Set();
      return levels[level]![0] ?? EMPTY;
    },

    path(n) {
      tree.root();
      return levels.flatMap((level, up) => level[(n >> up) ^ 1] ?? []);
    },

    copy: () => growTree(levels.map((level) => level.slice()), changed),
  };
  return tree;
}

const EMPTY = sha256Hex(Uint8Array.of(0));
const leaf = Buffer.alloc(33, 1);
const node = Buffer.alloc(65, 2);

function leafHash(id: string): string {
  leaf.write(id, 1, 'hex');
  return sha256Hex(leaf);
}

function nodeHash(left: string, right: string): string {
  node.write(left, 1, 'hex');
  node.write(right, 33, 'hex');
  return sha256Hex(node);
}
