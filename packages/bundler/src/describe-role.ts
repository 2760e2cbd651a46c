import { Worker } from 'node:worker_threads';
import { Fault } from '@beamline/core';
import type { Layout } from '@beamline/ecs';
import { describeLuaRole } from './describe-lua-role.ts';
import { shakeModules } from './shake.ts';
import { createModuleResolver } from './module-resolver.ts';
import { entryBeside } from './role-entry.ts';

/** A role module that takes longer to load than this is taken to hang. */
const LOAD_LIMIT_MS = 10_000;

export interface DescribeInput {
  role: string;
  /** Absolute. */
  entry: string;
  root: string;
  define: Readonly<Record<string, string>>;
}

export interface DescribedRole {
  /** With ids from 1. */
  layout: Layout;
  /** Names of the messages it takes, sorted. */
  actions: readonly string[];
}

/** Evaluates the role's module apart from this process. */
export async function describeRole(input: DescribeInput): Promise<DescribedRole> {
  return input.entry.endsWith('.lua') ? describeLuaRole(input) : describeTypeScriptRole(input);
}

async function describeTypeScriptRole({ role, entry, root, define }: DescribeInput): Promise<DescribedRole> {
  const main = entryBeside(entry, 'layout');
  const virtual = new Map([[main, `import role from ${JSON.stringify(entry)};
import { layoutOf } from '@beamline/ecs';
export const layout = layoutOf(role.components);
export const actions = Object.keys(role.actions ?? {}).sort();
`]]);
  const { code } = await shakeModules({ entry: main, root, resolver: createModuleResolver('js'), virtual, define });
  const file = import.meta.url.endsWith('.ts') ? './layout-worker.ts' : './layout-worker.js';
  const worker = new Worker(new URL(file, import.meta.url), { workerData: code });
  try {
    return await new Promise<DescribedRole>((resolve, reject) => {
      const limit = setTimeout(() => reject(failed(role, `loading it took more than ${LOAD_LIMIT_MS} ms`)), LOAD_LIMIT_MS);
      worker.once('message', (message: DescribedRole | { error: string }) => {
        clearTimeout(limit);
        if ('layout' in message) resolve(message);
        else reject(failed(role, message.error));
      });
      worker.once('error', (cause) => {
        clearTimeout(limit);
        reject(failed(role, String(cause)));
      });
    });
  } finally {
    await worker.terminate();
  }
}

export function failed(role: string, reason: string): Fault {
  return new Fault('bundler/layout-failed', `${role}: its layout can't be read: ${reason}`, {
    hint: "The entry's default export must be defineRole({ components: [...] }), and loading it must have no other effect.",
  });
}
