import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const env = { ...process.env, NX_DAEMON: 'false' };
const planted: string[] = [];

/** Lints one file with `code` planted in a package's sources and returns the rules it broke. */
function lint(folder: string, code: string): string[] {
  const file = join(root, folder, `planted-${planted.length}.ts`);
  planted.push(file);
  writeFileSync(file, code);
  spawnSync(join(root, 'node_modules/.bin/nx'), ['show', 'projects'], { cwd: root, env });
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/eslint'), ['--format', 'json', file], { cwd: root, env, encoding: 'utf8' });
  const [report] = JSON.parse(stdout) as { messages: { ruleId: string }[] }[];
  return report!.messages.map((message) => message.ruleId);
}

afterEach(() => planted.forEach((file) => rmSync(file, { force: true })));

it('refuses an import that points up', () => {
  expect(lint('packages/core/src', "export { createWorld } from '@beamline/ecs';\n")).toContain('@nx/enforce-module-boundaries');
}, 60_000);

it('refuses an import that points sideways', () => {
  expect(lint('packages/persistence/src', "export * from '@beamline/ao';\n")).toContain('@nx/enforce-module-boundaries');
}, 60_000);

it('accepts an import that points down', () => {
  expect(lint('packages/persistence/src', "export type { Clock } from '@beamline/core';\n")).toEqual([]);
}, 60_000);

it('refuses host APIs in the packages that compile to Lua', () => {
  expect(lint('packages/ecs/src', "export { readFileSync } from 'node:fs';\n")).toContain('no-restricted-imports');
  expect(lint('packages/kernel/src', 'export const now = () => Date.now();\n')).toContain('no-restricted-globals');
}, 60_000);
