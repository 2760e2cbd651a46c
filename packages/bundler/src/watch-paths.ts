import { watch, type FSWatcher } from 'node:fs';
import { dirname, join } from 'node:path';

/** Editors write a file in several steps: what follows within this time is the same change. */
const SETTLE_MS = 30;

/**
 * Resolves to the paths that changed, of those given, once they rest for a moment; to none when aborted. Folders are
 * watched, so that files which appear are seen, and files which editors replace.
 */
export function nextChange(paths: readonly string[], signal: AbortSignal): Promise<string[]> {
  const wanted = new Set(paths);
  const changed = new Set<string>();
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const watchers: FSWatcher[] = [];
    const settle = () => {
      clearTimeout(timer);
      watchers.forEach((watcher) => watcher.close());
      signal.removeEventListener('abort', settle);
      resolve([...changed].sort());
    };
    for (const folder of new Set(paths.map((path) => dirname(path)))) {
      try {
        const watcher = watch(folder, (_event, name) => {
          const path = name === null ? undefined : join(folder, name);
          if (path === undefined || !wanted.has(path)) return;
          changed.add(path);
          clearTimeout(timer);
          timer = setTimeout(settle, SETTLE_MS);
        });
        watcher.on('error', () => watcher.close()); // the folder is gone: whoever needs it will fail and say so
        watchers.push(watcher);
      } catch { /* looked for in a folder that is not there */ }
    }
    signal.addEventListener('abort', settle);
    if (signal.aborted) settle();
  });
}
