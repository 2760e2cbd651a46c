import { createVm } from '@beamline/vm';
import { buildLuaProgram } from '../src/build-lua.ts';

export const fixtures = new URL('./fixtures/', import.meta.url).pathname.replace(/\/$/, '');

export interface Ran {
  code: string;
  value: unknown;
}

/** Compiles a program whose module exports `run(): string`, and runs it in real Lua 5.3 under the node's profile. */
export async function runLua(entry: string, { minify = true, define = {} }: { minify?: boolean; define?: Record<string, string> } = {}): Promise<Ran> {
  const start = `import { run } from ${JSON.stringify(entry)};
declare let start: () => string;
declare let compute: (base: object) => object;
start = () => run();
compute = (base) => base;
`;
  const { code } = await buildLuaProgram({ role: 'fixture', entry, root: fixtures, minify, define }, start);
  return { code, value: await callLua(code, 'start') };
}

/** Runs Lua text and calls one of its globals. */
export async function callLua(code: string, name: string): Promise<unknown> {
  const vm = await createVm({ code: /\bcompute\b/.test(code) ? code : `${code}\nfunction compute(base) return base end` });
  try {
    return await vm.call(name);
  } finally {
    await vm.close();
  }
}

/** The same program in JavaScript. */
export async function runJavaScript(entry: string): Promise<unknown> {
  const { run } = await import(entry) as { run: () => unknown };
  return run();
}
