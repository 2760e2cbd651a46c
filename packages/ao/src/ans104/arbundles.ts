type Arbundles = typeof import('@dha-team/arbundles');

let loaded: Promise<Arbundles> | undefined;

/** Loaded with the first item that is built: it takes 0.3 s and 60 MB, which a server that only verifies never needs. */
export function arbundles(): Promise<Arbundles> {
  loaded ??= import('@dha-team/arbundles');
  return loaded;
}
