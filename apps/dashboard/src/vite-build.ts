import { build } from 'vite';

// Run as a program: `node vite-build.ts <root> <outDir>`.
const [root, outDir] = process.argv.slice(2) as [string, string];
await build({
  root,
  configFile: false,
  logLevel: 'error',
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { outDir, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: false },
});
