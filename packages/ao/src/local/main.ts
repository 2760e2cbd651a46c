import { parseArgs } from 'node:util';
import { describeError, isFault, systemClock } from '@beamline/core';
import { parseLimits } from './limits.ts';
import { startLocalNetwork } from './start.ts';

/** `main.ts --dir <folder> [--port <n>] [--limits computeMs=2000,…] [--aos <file> [--aos-sha256 <hex>]] [--json] [--with-parent]`: a local network as a process of its own. */
const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    port: { type: 'string', default: '0' },
    limits: { type: 'string', default: '' },
    aos: { type: 'string' },
    'aos-sha256': { type: 'string' },
    // One object on stdout: where it listens, or why it does not.
    json: { type: 'boolean', default: false },
    // Ends with the process that started it, however that one ends.
    'with-parent': { type: 'boolean', default: false },
  },
});

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Error(`--port must be a number from 0 to 65535, not ${text}`);
}

try {
  if (values.dir === undefined) throw new Error('--dir <folder> is missing');
  const { dir, aos: path, 'aos-sha256': sha256 } = values;
  const aos = path === undefined ? {} : { aos: { path, ...(sha256 === undefined ? {} : { sha256 }) } };
  const network = await startLocalNetwork({ dir, port: portOf(values.port), limits: parseLimits(values.limits), ...aos, clock: systemClock });
  const stop = () => {
    network.close().then(() => process.exit(0), () => process.exit(1));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (values['with-parent']) process.stdin.once('end', stop).once('error', stop).resume();
  const { url, address, aosModule } = network;
  process.stdout.write(values.json ? `${JSON.stringify({ url, address, aosModule, pid: process.pid })}\n` : `AO network at ${url}, operator ${address}\n`);
} catch (error) {
  if (values.json && isFault(error)) {
    const { code, message, hint, retryable, details } = error;
    process.stdout.write(`${JSON.stringify({ error: { code, message, hint, retryable, details } })}\n`);
  }
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
}
