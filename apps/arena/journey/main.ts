import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { playersFolder } from '../src/index.ts';
import { describeError, systemClock } from '@beamline/core';
import { createAccount, silentAccount } from './account.ts';
import { travel } from './journey.ts';
import { brokenPromises } from './report.ts';

/** `npm start [-- --once] [--json] [--port 7700] [--players 200] [--rate 80] [--state <folder>]`: see README.md. */
const { values } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    port: { type: 'string', default: '7700' },
    players: { type: 'string', default: '200' },
    rate: { type: 'string', default: '80' },
    // Emptied first.
    state: { type: 'string', default: join(import.meta.dirname, '../../..', '.beamline', 'journey') },
  },
});
const aborter = new AbortController();
process.on('SIGINT', () => aborter.abort(new Error('stopped by Ctrl-C')));
process.on('SIGTERM', () => aborter.abort(new Error('stopped')));

try {
  const account = values.json ? silentAccount : createAccount(process.stdout, systemClock.now);
  const journey = await travel({
    account, clock: systemClock, state: values.state, wallets: playersFolder(process.env), port: Number(values.port),
    players: Number(values.players), perSecond: Number(values.rate), signal: aborter.signal,
  });
  const broken = brokenPromises(journey.report);
  for (const promise of broken) process.stderr.write(`broken: ${promise}\n`);
  process.exitCode = broken.length === 0 ? 0 : 1;
  if (values.json) process.stdout.write(`${JSON.stringify(journey.report)}\n`);
  if (!values.once) {
    account.tell(`dashboard at ${journey.url} until Ctrl-C`);
    await new Promise((resolve) => (aborter.signal.aborted ? resolve(0) : aborter.signal.addEventListener('abort', resolve)));
  }
  await journey.close();
} catch (error) {
  process.stderr.write(`${aborter.signal.aborted ? String(aborter.signal.reason) : describeError(error)}\n`);
  process.exitCode = 1;
}
