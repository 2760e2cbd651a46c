import { access, open, rename } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '@beamline/core';
import { bundleLua, loadConfig, type Bundle, type LuaTree, type Plugin } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { bytes } from '../format.ts';

export interface BundleLuaFlags {
  config?: string;
  target?: LuaTree['target'];
  out?: string;
  public?: string[];
  external?: string[];
  define?: string[];
  minify?: boolean;
}

/**
 * `beamline bundle <file.lua>`: one chunk of a tree of Lua modules, to stdout or to a file with its source map beside it. Of a
 * config, if there is one, it takes the plugins.
 */
export async function bundleLuaFile(
  entry: string, { config = CONFIG, target, out, public: publish, external, define = [], minify }: BundleLuaFlags, { context, progress }: Pick<CommandRun, 'context' | 'progress'>,
): Promise<CommandResult> {
  const step = progress.start(`bundling ${entry}`);
  const bundle = await bundleLua({
    entry, root: context.cwd, define: definitions(define), plugins: await pluginsOf(config, context.cwd),
    ...(target && { target }), ...(publish && { publish }), ...(external && { external }), ...(minify !== undefined && { minify }),
  });
  step.done(bytes(bundle.bytes));
  const { bytes: size, gzipBytes, sha256, modules, warnings, code } = bundle;
  if (out === undefined) {
    for (const warning of warnings) context.err(`warning: ${warning}`);
    return { result: { bytes: size, gzipBytes, sha256, modules, warnings, code }, text: code.trimEnd() };
  }
  const file = await write(resolve(context.cwd, out), bundle);
  return {
    result: { file, bytes: size, gzipBytes, sha256, modules, warnings },
    text: [...warnings.map((warning) => `warning: ${warning}`), `${file}: ${bytes(size)}, ${bytes(gzipBytes)} gzipped, ${modules.length} modules`].join('\n'),
  };
}

const CONFIG = 'beamline.config.ts';

/** A config that was named must be there. */
async function pluginsOf(config: string, cwd: string): Promise<readonly Plugin[]> {
  const isThere = await access(resolve(cwd, config)).then(() => true, () => false);
  return config === CONFIG && !isThere ? [] : (await loadConfig(config, cwd)).config.plugins ?? [];
}

/** `DEBUG=false`, `NAME="ann"`; what is no JSON is text. */
function definitions(define: readonly string[]): Record<string, string> {
  return Object.fromEntries(define.map((text) => {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new Fault('cli/flags', `--define ${text}: not NAME=value`, { hint: 'Such as --define DEBUG=false.' });
    try {
      JSON.parse(value);
      return [name, value];
    } catch {
      return [name, JSON.stringify(value)];
    }
  }));
}

/** Each file replaces the one before it whole; the code last, so that its map is there. */
async function write(path: string, { code, map }: Bundle): Promise<string> {
  for (const [name, text] of [[`${path}.map`, map], [path, code]] as const) {
    const draft = `${name}.${process.pid}.tmp`;
    const file = await open(draft, 'w');
    await file.writeFile(text).then(() => file.sync()).finally(() => file.close());
    await rename(draft, name);
  }
  return path;
}
