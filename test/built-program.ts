// Builds what it is told to (`built.ts`) and leaves it in a file.
import { writeFile } from 'node:fs/promises';
import { serialize } from 'node:v8';
import { buildRelease, buildRole, type ReleaseSource, type RoleSource } from '@beamline/bundler';

const [file = '', order = ''] = process.argv.slice(2);
const { how, source } = JSON.parse(order) as { how: 'buildRole'; source: RoleSource } | { how: 'buildRelease'; source: ReleaseSource };
await writeFile(file, serialize(how === 'buildRole' ? await buildRole(source) : await buildRelease(source)));
