import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { dirname, join } from 'node:path';
import { context, type BuildContext, type BuildFailure, type BuildResult, type Plugin as CompilerPlugin } from 'esbuild';
import { Fault, isFault } from '@beamline/core';
import type { Layout } from '@beamline/ecs';
import { buildLua } from './build-lua.ts';
import { checkLoading } from './check-loading.ts';
import { describeLuaRole } from './describe-lua-role.ts';
import { compilerPlugin } from './compiler-plugin.ts';
import { faultOf } from './finding.ts';
import { createModuleResolver, type ModuleResolver, type Target } from './module-resolver.ts';
import type { Plugin } from './plugin.ts';
import { entryBeside } from './role-entry.ts';
import { relativeTo } from './root-path.ts';

/** A role module that takes longer to load than this is taken to hang. */
const LOAD_LIMIT_MS = 10_000;

export interface DescribeInput {
  role: string;
  /** Absolute. */
  entry: string;
  root: string;
  define: Readonly<Record<string, string>>;
  /** @default [] */
  plugins?: readonly Plugin[];
}

export interface DescribedRole {
  /** With ids from 1. */
  layout: Layout;
  /** Names of the messages it takes, sorted. */
  actions: readonly string[];
}

/** Describes one role again and again, as its sources change. */
export interface Describer {
  /** Faults as `describeRole`. */
  describe(): Promise<DescribedRole>;
  /** Ends the thread and the compiler that are kept for the next time. */
  close(): Promise<void>;
}

/** Evaluates the role's module apart from this process. @throws Fault `bundler/layout-failed`, `bundler/syntax-error`, `bundler/unresolved-import`, `bundler/plugin-failed` */
export async function describeRole(input: DescribeInput): Promise<DescribedRole> {
  const describer = createDescriber(input, createModuleResolver(describedBy(input.entry), input));
  try {
    return await describer.describe();
  } finally {
    await describer.close();
  }
}

/** A role is described by running it: TypeScript as JavaScript, Lua as Lua. */
export const describedBy = (entry: string): Target => (entry.endsWith('.lua') ? 'lua' : 'js');

/** `resolver` notes which files the description depends on. */
export function createDescriber(input: DescribeInput, resolver: ModuleResolver): Describer {
  if (input.entry.endsWith('.lua')) return { describe: () => describeLuaRole(input, resolver), close: async () => undefined };
  const { role, root, plugins = [] } = input;
  let compiler: BuildContext | undefined;
  let worker: Worker | undefined;
  let last: { code: string; described: DescribedRole } | undefined;

  return {
    async describe() {
      compiler ??= await openCompiler(input, plugins.length > 0 ? [compilerPlugin(resolver)] : []);
      const { outputFiles, metafile } = await compiler.rebuild().catch((error: BuildFailure) => {
        throw failedBuild(error, root);
      }) as BuildResult<{ write: false; metafile: true }>;
      for (const path of Object.keys(metafile.inputs)) resolver.files.hash(join(root, path));
      const code = outputFiles[0]?.text ?? '';
      if (last?.code === code) return last.described;
      worker ??= startWorker();
      const asked = worker;
      worker = undefined; // until it has answered
      const described = await load(asked, code, role).catch(async (error: unknown) => {
        throw await whereItFails(input) ?? error;
      });
      worker = asked;
      last = { code, described };
      return described;
    },
    async close() {
      await Promise.all([compiler?.dispose(), worker?.terminate()]);
    },
  };
}

/** Resolves by itself unless there are plugins: asking here keeps it waiting while this thread compiles. */
function openCompiler({ entry, root, define }: DescribeInput, plugins: CompilerPlugin[]): Promise<BuildContext> {
  return context({
    stdin: {
      contents: `import role from ${JSON.stringify(entry)};
import { layoutOf } from '@beamline/ecs';
globalThis.described = JSON.stringify({ layout: layoutOf(role.components), actions: Object.keys(role.actions ?? {}).sort() });
`,
      resolveDir: dirname(entry), sourcefile: entryBeside(entry, 'layout'), loader: 'ts',
    },
    absWorkingDir: root, bundle: true, write: false, metafile: true, format: 'iife', target: 'esnext', define: { ...define }, logLevel: 'silent', plugins,
    platform: 'neutral', mainFields: ['module', 'main'], conditions: ['@beamline/source'],
    // A game that doesn't list the kernel among its dependencies gets the bundler's.
    nodePaths: createRequire(import.meta.url).resolve.paths('@beamline/kernel') ?? [],
    footer: { js: 'described' }, tsconfigRaw: { compilerOptions: { useDefineForClassFields: true } },
  });
}

function startWorker(): Worker {
  const file = import.meta.url.endsWith('.ts') ? './layout-worker.ts' : './layout-worker.js';
  const worker = new Worker(new URL(file, import.meta.url));
  worker.unref();
  return worker;
}

async function load(worker: Worker, code: string, role: string): Promise<DescribedRole> {
  const asked = new AbortController();
  const { signal } = asked;
  worker.ref();
  try {
    const answer = once(worker, 'message', { signal }) as Promise<[DescribedRole | { error: string }]>;
    const limit = setTimeout(LOAD_LIMIT_MS, undefined, { signal });
    worker.postMessage(code);
    const message = (await Promise.race([answer, limit]))?.[0];
    if (message === undefined) throw failed(role, `loading it took more than ${LOAD_LIMIT_MS} ms`);
    if ('layout' in message) return message;
    throw failed(role, message.error);
  } catch (error) {
    await worker.terminate();
    throw isFault(error) ? error : failed(role, String(error));
  } finally {
    asked.abort();
    worker.unref();
  }
}

/** JavaScript cannot say where a module hangs or fails; the same program in Lua can. */
async function whereItFails(input: DescribeInput): Promise<Fault | undefined> {
  try {
    await checkLoading(await buildLua({ ...input, minify: false, layoutHash: '', resolver: createModuleResolver('lua', input) }));
  } catch (error) {
    // What fails in the kernel is no role at all.
    if (isFault(error) && /^bundler\/(loops|load)/.test(error.code) && !/^@beamline|^[\w-]+\.lua$/.test(String(error.details['file']))) return error;
  }
  return undefined;
}

function failedBuild({ errors }: BuildFailure, root: string): Fault {
  return errors.map(({ detail }) => detail as unknown).find((detail) => isFault(detail)) ?? faultOf(errors.map(({ text, location }) => ({
    code: /^(?:Could not resolve|No matching export)/.test(text) ? 'bundler/unresolved-import' as const : 'bundler/syntax-error' as const,
    message: text,
    ...(location && { file: relativeTo(root, join(root, location.file)), line: location.line, column: location.column + 1 }),
  })));
}

export function failed(role: string, reason: string): Fault {
  return new Fault('bundler/layout-failed', `${role}: its layout can't be read: ${reason}`, {
    hint: "The entry's default export must be defineRole({ components: [...] }), and loading it must have no other effect.",
  });
}
