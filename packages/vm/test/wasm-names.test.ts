import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from '@jest/globals';
import { EXPORT_NAMES, IMPORT_NAMES } from '../src/wasm-names.ts';

const glue = readFileSync(createRequire(import.meta.url).resolve('lua-wasm-bindings/dist/glue/glue-lua-5.3.6.js'), 'utf8');

it('calls the functions of the WebAssembly file by the names its own glue uses', () => {
  const exported = Object.fromEntries(
    [...glue.matchAll(/Module\["_?(\w+)"\]=asm\["([\w$]+)"\]/g)].map(([, name, short]) => [name!.replace(/^_+/, ''), short]),
  );
  const { memory: _memory, table: _table, callConstructors, ...functions } = EXPORT_NAMES;
  for (const [name, short] of Object.entries(functions)) expect([name, exported[name]]).toEqual([name, short]);
  expect(exported['wasm_call_ctors']).toBe(callConstructors);
});

it('imports under the names its own glue uses', () => {
  const imports = /var asmLibraryArg=\{([^}]*)\}/.exec(glue)![1]!;
  expect(Object.fromEntries(imports.split(',').map((pair) => pair.split(':').map((s) => s.replaceAll('"', '')).reverse())))
    .toEqual(IMPORT_NAMES);
});
