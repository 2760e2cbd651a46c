import { canonicalJson } from '@beamline/ecs';

/** What a hook may look at besides its arguments. The build rests on what is asked for here, and runs again when it changes. */
export interface PluginFiles {
  /** Text of a file on disk; undefined where there is none. */
  read(path: string): string | undefined;
  exists(path: string): boolean;
}

/**
 * Hooks into a build, shaped like rollup's, in order of the list. All answer at once: TypeScript and Lua are resolved while
 * nothing can wait. `undefined` leaves it to the next plugin, at last to the bundler. The same questions get the same answers.
 */
export interface Plugin {
  /** For messages. */
  name: string;
  /**
   * All that the answers depend on besides the hooks' own text and what they ask `files` for: version and options. Without
   * it, roles built with the plugin are not kept for other programs.
   */
  key?: string;
  /**
   * The file behind what TypeScript imports or Lua requires: an absolute path, which `load` may invent. Its ending says what
   * it holds: `.ts`, `.lua`, `.json`.
   */
  resolve?(specifier: string, importer: string, files: Pick<PluginFiles, 'exists'>): string | undefined;
  /** The text of a file. */
  load?(file: string, files: PluginFiles): string | undefined;
  /** Another text for a source of the game or of a package, before anything reads it. Places in messages and maps are of this text. */
  transform?(code: string, file: string, files: PluginFiles): string | undefined;
  /** The printed Lua of a bundle. The source map keeps its lines and columns. */
  renderLua?(code: string, bundle: { role: string }): string | undefined;
}

export type Hook = 'resolve' | 'load' | 'transform' | 'renderLua';

const HOOKS: readonly Hook[] = ['resolve', 'load', 'transform', 'renderLua'];

/** Numbers for plugins that don't say what their answers depend on: another object may answer otherwise. */
const numbers = new WeakMap<Plugin, number>();
let count = 0;

/** What tells these plugins, in this order, from others. */
export function pluginsKey(plugins: readonly Plugin[]): string {
  return canonicalJson(plugins.map((plugin) => {
    if (plugin.key === undefined && !numbers.has(plugin)) numbers.set(plugin, count += 1);
    return [plugin.name, plugin.key ?? numbers.get(plugin) ?? 0, ...HOOKS.map((hook) => String(plugin[hook]))];
  }));
}

/** Whether `pluginsKey` means the same to another program. */
export const isLasting = (plugins: readonly Plugin[]): boolean => plugins.every(({ key }) => key !== undefined);
