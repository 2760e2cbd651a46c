import type { ReleaseSizes } from '@beamline/stack';
import { useEffect, useState } from 'preact/hooks';

/** Sizes of the release that runs: asked for once a release. */
export function useSizes(token: string | undefined, release: string | undefined): ReleaseSizes | undefined {
  const [sizes, setSizes] = useState<ReleaseSizes>();
  useEffect(() => {
    if (release === undefined || release === '') return undefined;
    const stop = new AbortController();
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    void fetch('api/sizes', { headers, signal: stop.signal })
      .then(async (response) => { if (response.ok) setSizes((await response.json() as ReleaseSizes | null) ?? undefined); })
      .catch(() => undefined); // the page goes on without
    return () => stop.abort();
  }, [token, release]);
  return sizes;
}
