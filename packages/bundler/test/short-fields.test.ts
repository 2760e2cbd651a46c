import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runJavaScript, runLua } from './run-lua.ts';

const SOURCE = `
/** What only this program sees. @short */
interface State { total: number; readonly seen: string[]; next?: State }
interface Shown { total: number }
function grow(state: State, by: number): void {
  const { total, seen } = state;
  state.total = total + by + seen.length;
}
function sum({ total, next: rest }: State): number { return total + (rest === undefined ? 0 : sum(rest)); }
export function run(): string {
  const state: State = { total: 1, seen: ['a'], next: { total: 5, seen: [] } };
  grow(state, 2);
  const shown: Shown = { total: sum(state) };
  const record: Record<string, number> = { total: 7, seen: 8 };
  return \`\${Object.keys(shown)[0]} \${shown.total} \${record['total']} \${record.seen} \${state.seen.length} \${state.next!.total}\`;
}
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beamline-short-'));
  await writeFile(join(folder, 'entry.ts'), SOURCE);
});
afterAll(() => rm(folder, { recursive: true }));

it('fields of interfaces marked @short have short names in Lua, by position, and nothing else has', async () => {
  const { value, code } = await runLua(join(folder, 'entry.ts'), { minify: false });
  expect(value).toBe(await runJavaScript(join(folder, 'entry.ts')));
  expect(code).toContain('{a=5, b={}}');
  expect(code).toMatch(/\{total=/);
  expect(code).not.toMatch(/state\.(total|seen|next)/);
});
