import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { systemClock as clock, type AoNetwork } from '@beamline/core';
import { parsePlan } from '@beamline/stack';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createCommandLine, type CommandLine } from './cli-game/command-line.ts';

const [REHEARSED, ALLOWED] = [['--config', 'beamline.rehearsed.config.ts'], ['--config', 'beamline.allowed.config.ts']];
const players = ['61', '62', '63'].map((byte) => ethereumSigner(byte.repeat(32)));

let state: string;
let line: CommandLine;
let network: AoNetwork;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'rehearsal-'));
  line = createCommandLine(state);
  network = createHyperbeam({ url: (await line.startNetwork()).url, clock });
});
afterAll(async () => {
  await line.close();
  await rm(state, { recursive: true });
});

const served = async (): Promise<string> => (await network.resolve('scores-board-0-local'))!;

it('rehearses a release on what players did, refuses it until it is allowed, and touches nothing meanwhile', async () => {
  expect((await line.beamline('deploy', 'local')).exit).toBe(0);
  const blue = await served();
  for (let seq = 1; seq <= 10; seq += 1) {
    for (const player of players) {
      const tags = Object.entries({ Action: 'Add', points: '1', seq: `${seq}` }).map(([name, value]) => ({ name, value }));
      await network.send(await network.signMessage(player, { target: blue, tags, data: '' }));
    }
  }
  const before = await network.slots(blue);

  const file = join(state, 'plan.json');
  const planned = await line.beamline('plan', 'local', ...REHEARSED, '--rehearse', '25', '--chaos', '3', '--out', file);
  expect(planned.exit).toBe(1);
  const [board] = planned.result.rehearsal.instances;
  expect(planned.result.rehearsal).toMatchObject({ outcome: 'failed', messages: 25, chaos: 3, plan: planned.result.id });
  expect(board.to - board.from).toBe(25);
  expect(board.differences.map(({ kind, at }: { kind: string; at: string }) => `${kind} ${at}`)).toEqual(['state Score.points', 'reply Add.data']);
  expect(parsePlan(await readFile(file)).plan).toEqual(planned.result);

  const release = ['--release', planned.result.to];
  const refused = await line.beamline('deploy', 'local', ...REHEARSED, ...release);
  expect(refused).toMatchObject({ exit: 1, err: expect.stringContaining('deployer/rehearsal-failed') });
  expect(refused.err).toContain('{ kind: \'state\', role: \'board\', at: \'Score.points\' }');
  expect((await line.beamline('apply', file, ...REHEARSED)).err).toContain('deployer/rehearsal-failed');
  expect(await network.slots(blue)).toEqual(before);
  expect(await served()).toBe(blue);
  const events = await readFile(join(state, 'local/events.jsonl'), 'utf8');
  expect(events).toContain('Rehearsal of 2.0.0 failed');
  expect(events.match(/"state":"running"/g)).toHaveLength(1);

  const deployed = await line.beamline('deploy', 'local', ...ALLOWED, ...release);
  expect(deployed).toMatchObject({ exit: 0, result: { outcome: 'complete' } });
  expect(await served()).not.toBe(blue);
  // Back without a rehearsal: what ran here before needs none.
  expect((await line.beamline('rollback', 'local', ...REHEARSED)).exit).toBe(0);
}, 240_000);

it('refuses a release of which smoke tests complain on the fork', async () => {
  const serving = await served();
  const before = await network.slots(serving);
  // Points of the player are others by now: more than the probe expects.
  const tags = [{ name: 'Action', value: 'Add' }, { name: 'points', value: '5' }, { name: 'seq', value: '11' }];
  await network.send(await network.signMessage(players[0]!, { target: serving, tags, data: '' }));
  const release = (await line.beamline('plan', 'local', '--config', 'beamline.complains.config.ts', '--rehearse')).result;
  expect(release.rehearsal).toMatchObject({ outcome: 'failed', fork: { instances: ['board-0'], problems: [expect.stringContaining('has 17')] } });
  expect((await network.slots(serving)).scheduled).toBe(before.scheduled + 1);
}, 120_000);

it('rehearses what was upgraded in place, from the upgrade on', async () => {
  const serving = await served();
  expect((await line.beamline('deploy', 'local', ...ALLOWED, '--strategy', 'in-place')).exit).toBe(0);
  expect(await served()).toBe(serving);
  for (let seq = 12; seq <= 15; seq += 1) {
    const tags = Object.entries({ Action: 'Add', points: '1', seq: `${seq}` }).map(([name, value]) => ({ name, value }));
    await network.send(await network.signMessage(players[0]!, { target: serving, tags, data: '' }));
  }
  const { result } = await line.beamline('plan', 'local', '--rehearse', '25');
  // Four of the player's, and the look with which the upgrade was proved.
  expect(result.rehearsal).toMatchObject({ outcome: 'failed', instances: [{ messages: 5, short: expect.stringContaining('came from elsewhere') }] });
  expect(result.rehearsal.instances[0].differences).toEqual([
    expect.objectContaining({ kind: 'state', at: 'Score.points', count: 1 }), expect.objectContaining({ kind: 'reply', at: 'Add.data', count: 4 }),
  ]);
}, 120_000);

it('refuses flags that make no sense before anything is opened', async () => {
  expect((await line.beamline('plan', 'local', '--chaos', '3')).err).toContain('--rehearse');
  expect((await line.beamline('plan', 'local', '--rehearse', 'many')).err).toContain('must be a whole number');
});
