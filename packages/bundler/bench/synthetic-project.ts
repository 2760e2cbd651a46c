import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { engineFiles } from './synthetic/engine.ts';
import { featureFiles, FILES_PER_FEATURE } from './synthetic/feature.ts';
import { gameFiles, GAME_FILES, type Program } from './synthetic/game.ts';

export interface SyntheticProject {
  /** Exports `run(): string`: a third of the features, played for a while. Needs nothing but the project. */
  entry: string;
  /** Modules that export a role by default, by name. `world` plays what `entry` does. */
  roles: Readonly<Record<Program, string>>;
  /** TypeScript files that were written. */
  files: readonly string[];
  lines: number;
}

/**
 * Writes a game: features of ten modules each (columns, tables, rules, systems, actions, texts, events, an inventory,
 * debugging, a barrel) behind one barrel, a small engine below them, three roles above, each of which uses some of the
 * features and of those about half. At 303 files it has about 31,000 lines. The same number gives the same project.
 */
export async function writeSyntheticProject(folder: string, count = 303): Promise<SyntheticProject> {
  const engine = engineFiles();
  const features = Math.max(3, Math.floor((count - Object.keys(engine).length - GAME_FILES) / FILES_PER_FEATURE));
  const texts: Record<string, string> = { ...engine, ...gameFiles(features) };
  for (let index = 0; index < features; index += 1) Object.assign(texts, featureFiles(index));
  for (const [name, text] of Object.entries(texts)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await writeFile(join(folder, 'package.json'), '{ "name": "synthetic", "type": "module", "sideEffects": false }\n');
  const path = (name: string) => join(folder, name);
  return {
    entry: path('world.ts'),
    roles: { world: path('roles/world.ts'), battle: path('roles/battle.ts'), market: path('roles/market.ts') },
    files: Object.keys(texts).map(path),
    lines: Object.values(texts).reduce((sum, text) => sum + text.split('\n').length - 1, 0),
  };
}
