// node --conditions=@beamline/source apps/arena/tools/make-messages.ts <file>: messages for `beamline bundle --verify`,
// always the same.
import { writeFileSync } from 'node:fs';
import { printMessage } from '@beamline/bundler/verify';
import { arenaRequests } from '../src/messages.ts';

const MESSAGES = 200;

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('say where to: make-messages.ts <file>');
const roles = ['world', 'battle', 'market'] as const;
writeFileSync(file, roles.flatMap((role) => arenaRequests(role, MESSAGES).map((req) => printMessage({ role, process: `${role}-0`, req }))).join(''));
