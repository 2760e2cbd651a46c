import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHyperbeam, ethereumSigner, loadSigner } from '@beamline/ao';
import { systemClock, type AoNetwork } from '@beamline/core';
import { createOperator } from '@beamline/kernel/operator';
import { createCommandLine, type CommandLine } from './cli-game/command-line.ts';

const KEY = '7'.repeat(64);
let state: string;
let cli: CommandLine;
let network: AoNetwork;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'cli-verifies-'));
  cli = createCommandLine(state);
  network = createHyperbeam({ url: (await cli.startNetwork()).url, clock: systemClock });
}, 120_000);
afterAll(async () => {
  await cli.close();
  await rm(state, { recursive: true });
});

async function score(points: number): Promise<void> {
  const board = await network.resolve('scores-board-0-local');
  const tags = Object.entries({ Action: 'Add', points: `${points}`, at: `${systemClock.now()}` }).map(([name, value]) => ({ name, value }));
  await network.send(await network.signMessage(ethereumSigner('11'.repeat(32)), { target: board!, tags, data: '' }));
}

it('replays recorded messages with and without shrinking, signs, and proves what runs, edited and upgraded', async () => {
  const { beamline } = cli;
  await writeFile(join(state, 'key'), KEY);
  const messages = join(state, 'messages.ndjson');
  const deployed = await beamline('deploy', 'local');
  expect(deployed).toMatchObject({ exit: 0 });
  for (const points of [5, 300, 0]) await score(points);
  const first: string = deployed.result.to;

  // What was played is what shrinking is verified with.
  expect(await beamline('record', 'local', '--slots', '2', '--out', messages)).toMatchObject({ exit: 0, result: { messages: 2 } });
  const recorded = await beamline('record', 'local', '--out', messages);
  expect(recorded).toMatchObject({ exit: 0, result: { file: messages } });
  expect(recorded.result.messages).toBeGreaterThan(3);
  const verified = await beamline('bundle', '--verify', '--messages', messages, '--signer', `file:${join(state, 'key')}`);
  expect(verified).toMatchObject({
    exit: 0, result: { release: first, signedBy: ethereumSigner(KEY).address, verified: [{ role: 'board', sessions: 1, slots: recorded.result.messages }] },
  });
  await writeFile(messages, (await readFile(messages, 'utf8')).replaceAll('"role":"board"', '"role":"moon"'));
  expect(await beamline('bundle', '--verify', '--messages', messages)).toMatchObject({ exit: 1, result: { error: { code: 'bundler/bad-messages' } } });

  const { result: { instances: [{ process: board }] } } = await beamline('status', 'local');
  expect(await beamline('verify', board)).toMatchObject({
    exit: 0, result: { verified: true, differences: [], role: 'board', release: { id: first, signedBy: ethereumSigner(KEY).address }, code: { slot: 0 }, edits: [] },
  });
  const unknown = '-'.repeat(43);
  expect(await beamline('verify', unknown)).toMatchObject({ exit: 1, result: { error: { code: 'ao/unknown-process' } } });
  expect(await beamline('verify', 'board-0')).toMatchObject({ exit: 2, result: { error: { code: 'cli/flags' } } });

  // An edit loads the same code again.
  const file = join(state, 'ann.entities');
  await beamline('export', 'local', 'board-0', '--where', `Score.player=${ethereumSigner('11'.repeat(32)).address}`, '--out', file);
  expect(await beamline('import', 'local', 'board-0', file, '--key', 'Score.player', '--on-conflict', 'replace')).toMatchObject({ exit: 0, result: { edited: { changed: true } } });
  const edited = await beamline('verify', board, '--release', first.slice(0, 8));
  expect(edited).toMatchObject({ exit: 0, result: { verified: true, edits: [{ name: expect.stringMatching(/^import\//) }] } });
  expect(edited.result.code.slot).toBeGreaterThan(3);

  // Another release is told apart, by name; once it was put in place, it is what runs.
  const { result: { release: second, path } } = await beamline('bundle', '--config', 'beamline.v2.config.ts');
  const other = await beamline('verify', board, '--release', path);
  expect(other).toMatchObject({ exit: 1, result: { verified: false } });
  expect(other.result.differences).toEqual([
    `its code is board of release ${first} (1.0.0), not board of ${second} (2.0.0)`, `it reports release ${first}, not ${second}`,
  ]);
  const signer = await loadSigner(`file:${join(state, 'local/network/operator.json')}`);
  const operator = createOperator({ network, signer, clock: systemClock, environment: 'local' });
  await operator.upgrade(board, { code: await readFile(join(path, 'board.lua'), 'utf8'), release: second });
  expect(await beamline('verify', board, '--release', second)).toMatchObject({ exit: 0, result: { verified: true } });
  expect(await beamline('verify', board)).toMatchObject({ exit: 1, result: { differences: [expect.stringContaining(`is board of release ${second}`), expect.stringContaining('it reports')] } });

  // Code of no release: where it parts, in the source. A release that was signed over is no release.
  await operator.upgrade(board, { code: (await readFile(join(path, 'board.lua'), 'utf8')).replace('no-sender', 'no-sander'), release: second });
  const strange = await beamline('verify', board, '--release', second);
  expect(strange).toMatchObject({ exit: 1, result: { differences: [expect.stringMatching(/its code hashes to [0-9a-f]{64} \(\d+ bytes\), .*they part at byte \d+, line \d+, which came from @beamline\/kernel\/src\/\S+\.ts:\d+/)] } });
  const signature = join(state, 'releases', first, 'signature.json');
  await writeFile(signature, (await readFile(signature, 'utf8')).replace(/"signature":"./, '"signature":"_'));
  expect(await beamline('verify', board)).toMatchObject({ exit: 1, result: { error: { code: 'bundler/wrong-signature' } } });
  expect(await beamline('deploy', 'local', '--release', first)).toMatchObject({ exit: 1, result: { error: { code: 'bundler/wrong-signature' } } });
}, 300_000);
