import { isAbsolute } from 'node:path';
import { describeError, Fault } from '@beamline/core';
import { digest, inputAt, type FilesView } from './files.ts';
import type { Hook, Plugin, PluginFiles } from './plugin.ts';
import { relativeTo } from './root-path.ts';

/** Files as plugins show them. */
export interface PluggedFiles {
  /** Sources as a build reads them. `paths` are those on disk that they rest on. */
  files: FilesView;
  /** The file that a plugin, or an absolute path that one has invented, leads to. */
  resolve(specifier: string, importer: string): string | undefined;
  renderLua(code: string, role: string): string;
}

/** What plugins made of a file, and of what on disk. */
interface Loaded {
  inputs: ReadonlyMap<string, string>;
  text: string | undefined;
  hash?: string;
}

/** @throws Fault `bundler/plugin-failed`, from each of its functions: names plugin, hook and file, with line and column when the error has them */
export function plugFiles(plugins: readonly Plugin[], root: string, disk: FilesView): PluggedFiles {
  if (plugins.length === 0) return { files: disk, resolve: () => undefined, renderLua: (code) => code };
  const invented = new Set<string>();
  const known = new Map<string, Loaded>();
  const ask = (plugin: Plugin, hook: Hook, file: string, run: () => unknown): string | undefined => {
    let answer: unknown;
    try {
      answer = run();
    } catch (cause) {
      throw failed(plugin, hook, relativeTo(root, file), cause instanceof Error ? cause.message : describeError(cause), cause);
    }
    if (answer === undefined || typeof answer === 'string') return answer;
    throw failed(plugin, hook, relativeTo(root, file), `it answered ${answer instanceof Promise ? 'a promise' : typeof answer}, not text at once`);
  };
  const exists = (path: string): boolean => disk.kind(path) === 'file';

  const make = (file: string): Loaded => {
    const inputs = new Map<string, string>();
    const look = <T>(get: (path: string) => T) => (path: string): T => {
      inputs.set(path, inputAt(disk, path));
      return get(path);
    };
    const files: PluginFiles = { read: look(disk.read), exists: look(exists) };
    let text: string | undefined;
    for (const plugin of plugins) text ??= plugin.load && ask(plugin, 'load', file, () => plugin.load?.(file, files));
    text ??= files.read(file);
    for (const plugin of plugins) {
      const code = text;
      if (code !== undefined && plugin.transform) text = ask(plugin, 'transform', file, () => plugin.transform?.(code, file, files)) ?? code;
    }
    return { inputs, text };
  };
  const loaded = (file: string): Loaded => {
    const before = known.get(file);
    if (before && [...before.inputs].every(([path, input]) => inputAt(disk, path) === input)) return before;
    const after = make(file);
    known.set(file, after);
    return after;
  };
  const isPlain = (file: string): boolean => file.endsWith('.d.ts') || (!invented.has(file) && disk.kind(file) !== 'file');

  return {
    files: {
      ...disk,
      read: (file) => (isPlain(file) ? disk.read(file) : loaded(file).text),
      hash(file) {
        if (isPlain(file)) return disk.hash(file);
        const found = loaded(file);
        return found.text === undefined ? undefined : found.hash ??= digest(found.text);
      },
      kind: (file) => (invented.has(file) ? 'file' : disk.kind(file)),
    },
    resolve(specifier, importer) {
      if (invented.has(specifier)) return specifier;
      for (const plugin of plugins) {
        const file = plugin.resolve && ask(plugin, 'resolve', importer, () => plugin.resolve?.(specifier, importer, { exists }));
        if (file === undefined) continue;
        if (!isAbsolute(file) || !/\.(?:[mc]?ts|lua|json)$/.test(file)) throw failed(plugin, 'resolve', relativeTo(root, importer), `it answered ${JSON.stringify(file)}, not an absolute path that ends in .ts, .lua or .json`);
        invented.add(file);
        return file;
      }
      return undefined;
    },
    renderLua: (code, role) => plugins.reduce((text, plugin) => (plugin.renderLua && ask(plugin, 'renderLua', `${root}/${role}.lua`, () => plugin.renderLua?.(text, { role }))) ?? text, code),
  };
}

function failed({ name }: Plugin, hook: Hook, file: string, reason: string, cause?: unknown): Fault {
  const { line, column } = (cause ?? {}) as { line?: unknown; column?: unknown };
  const place = [file, line, column].filter((part) => typeof part === 'string' || typeof part === 'number').join(':');
  return new Fault('bundler/plugin-failed', `${place}: plugin ${name}, ${hook}: ${reason}`, {
    hint: 'Mend the file, or the plugin in beamline.config.ts.', cause,
    details: { plugin: name, hook, file, ...(typeof line === 'number' && { line }), ...(typeof column === 'number' && { column }) },
  });
}
