import type { BucketEntry } from '../bucket/bucket.ts';

export interface ListPage {
  entries: readonly BucketEntry[];
  /** Asks for the rest. `undefined`: there is none. */
  next: string | undefined;
}

/** Reads an answer of ListObjectsV2. `undefined`: it is something else, such as a proxy's page. */
export function listPage(xml: Uint8Array): ListPage | undefined {
  const text = new TextDecoder().decode(xml);
  if (!/<ListBucketResult[\s>/]/.test(text) || !text.includes('</ListBucketResult>')) return undefined;
  const entries = [...text.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].map(([, one]) => ({
    name: tag(one!, 'Key') ?? '', sizeBytes: Number(tag(one!, 'Size') ?? Number.NaN),
  }));
  if (entries.some(({ name, sizeBytes }) => name === '' || !Number.isSafeInteger(sizeBytes))) return undefined;
  const truncated = tag(text, 'IsTruncated') === 'true';
  const next = tag(text, 'NextContinuationToken');
  // "There is more, but I won't say where" would hide snapshots.
  if (truncated && next === undefined) return undefined;
  return { entries, next: truncated ? next : undefined };
}

function tag(text: string, name: string): string | undefined {
  const [, value] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(text) ?? [];
  return value?.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', '\'').replaceAll(/&#(\d+);/g, (_, n: string) => String.fromCodePoint(Number(n))).replaceAll('&amp;', '&');
}
