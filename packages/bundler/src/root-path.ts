import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

const packages = new Map<string, { folder: string; name: string } | undefined>();

/** A file's name, the same in any checkout: below the root its path, elsewhere its package's name and the path there. */
export function relativeTo(root: string, file: string): string {
  if (file.startsWith(`${root}/`)) return file.slice(root.length + 1);
  const home = packageOf(dirname(file));
  return home === undefined ? file : `${home.name}${file.slice(home.folder.length)}`;
}

function packageOf(folder: string): { folder: string; name: string } | undefined {
  if (packages.has(folder)) return packages.get(folder);
  const name = packageName(folder);
  const parent = dirname(folder);
  const found = name !== undefined ? { folder, name } : parent === folder ? undefined : packageOf(parent);
  packages.set(folder, found);
  return found;
}

function packageName(folder: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { name?: string }).name;
  } catch {
    return undefined;
  }
}
