/** One place at which two texts differ; `path` is empty where they are no JSON. */
export interface PathDifference {
  path: string;
  old?: string;
  new?: string;
}

/** Of one pair of texts. */
const MOST = 16;

/**
 * Where two texts differ: place by place when both are JSON, else as wholes. Items of lists and ids share a place (`*`),
 * so that there are as many places as a game's answers have kinds of fields.
 */
export function dataDifferences(old: string | undefined, now: string | undefined): PathDifference[] {
  if (old === now) return [];
  const [a, b] = [parsed(old), parsed(now)];
  if (a === undefined || b === undefined) return [pair('', old, now)];
  const found: PathDifference[] = [];
  walk(a, b, '', found);
  // Written otherwise, and the same.
  return found.length > 0 ? found : [pair('', old, now)];
}

function walk(a: unknown, b: unknown, path: string, found: PathDifference[]): void {
  if (found.length >= MOST || a === b) return;
  if (!isTree(a) || !isTree(b) || Array.isArray(a) !== Array.isArray(b)) {
    found.push(pair(path, shown(a), shown(b)));
    return;
  }
  const [left, right] = [a, b] as Record<string, unknown>[];
  for (const key of [...new Set([...Object.keys(left!), ...Object.keys(right!)])].sort()) {
    walk(left![key], right![key], `${path}.${nameOf(key)}`, found);
  }
}

/** Numbers are places in lists, or entities; 43 characters an id; what is no word would not be one in a place either. */
const nameOf = (key: string): string => (/^\d+$/.test(key) || key.length >= 40 || !/^[\w$-]+$/.test(key) ? '*' : key);

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null;
const shown = (value: unknown): string | undefined => (value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value));
const pair = (path: string, old: string | undefined, now: string | undefined): PathDifference =>
  ({ path, ...(old === undefined ? {} : { old }), ...(now === undefined ? {} : { new: now }) });

function parsed(text: string | undefined): unknown {
  if (text === undefined || !/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
