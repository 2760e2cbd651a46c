// Everything a change must pass: types, lint with the layer rule, every test. Ends with one plain line for machines.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const bin = (name: string) => join(import.meta.dirname, '..', 'node_modules', '.bin', name);
const root = join(import.meta.dirname, '..');
// Hundreds of processes and workers of the tests load the same modules: compiled once, they start in half the time.
process.env['NODE_COMPILE_CACHE'] ??= join(root, 'node_modules/.cache/compiled');

interface Tally {
  passed: number;
  failed: number;
}

/** What it prints is shown once it has ended, as two may run beside each other. */
async function step(name: string, command: string, args: string[], env: Record<string, string> = {}): Promise<Tally> {
  const began = performance.now();
  const child = spawn(command, args, { cwd: root, stdio: ['inherit', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve).once('error', () => resolve(null)));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const isGood = (await ended) === 0;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`${out}${err}${isGood ? 'ok   ' : 'FAIL '} ${name} (${seconds} s)\n`);
  return { passed: isGood ? 1 : 0, failed: isGood ? 0 : 1 };
}

function jest(args: string[]): Tally {
  const folder = mkdtempSync(join(tmpdir(), 'beamline-test-'));
  const report = join(folder, 'report.json');
  const { status } = spawnSync(
    process.execPath,
    ['--conditions=@beamline/source', '--experimental-vm-modules', '--disable-warning=ExperimentalWarning',
      join(root, 'node_modules/jest/bin/jest.js'), '--json', `--outputFile=${report}`, '--silent=false', ...args],
    { cwd: root, stdio: ['inherit', 'ignore', 'inherit'] },
  );
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8')) as Record<string, number>;
    const failed = (numFailedTests ?? 0) + (numRuntimeErrorTestSuites ?? 0);
    return { passed: numPassedTests ?? 0, failed: status !== 0 && failed === 0 ? 1 : failed };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function lint(): Promise<Tally[]> {
  // The layer rule reads Nx's project graph and silently passes without one, so the graph is made first.
  const graph = await step('project graph', bin('nx'), ['show', 'projects'], { NX_DAEMON: 'false' });
  return [graph, await step('lint', bin('eslint'), ['.', '--max-warnings', '0'], { NX_DAEMON: 'false' })];
}

const checks = await Promise.all([step('types', bin('tsc'), ['-b']), lint()]);
const tallies = [...checks.flat(), jest(process.argv.slice(2))];
const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
