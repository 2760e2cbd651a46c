import { createRequire } from 'node:module';
import { VERSION as rollup } from 'rollup';
import { version as esbuild } from 'esbuild';
import ts from 'typescript';
import * as tstl from 'typescript-to-lua';

const versionOf = (name: string): string => (createRequire(import.meta.url)(`${name}/package.json`) as { version: string }).version;

/** Whatever shapes a bundle's bytes. */
export const toolchain: Readonly<Record<string, string>> = {
  '@beamline/bundler': versionOf('..'),
  esbuild,
  rollup,
  terser: versionOf('terser'),
  typescript: ts.version,
  'typescript-to-lua': tstl.version,
};
