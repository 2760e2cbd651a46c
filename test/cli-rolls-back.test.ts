import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { systemClock } from '@beamline/core';
import { createCommandLine, type CommandLine } from './cli-game/command-line.ts';
import { shelve } from './cli-game/shelve.ts';

let state: string;
let cli: CommandLine;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'cli-back-'));
  cli = createCommandLine(state);
}, 60_000);
afterAll(async () => {
  await cli.close();
  await rm(state, { recursive: true });
});

it('goes back over several releases, with code alone, and to a snapshot', async () => {
  const { url } = await cli.startNetwork();
  const network = createHyperbeam({ url, clock: systemClock });
  const player = ethereumSigner('22'.repeat(32));
  const score = async (points: number): Promise<unknown> => {
    const board = await network.resolve('scores-board-0-local');
    const delivery = await network.send(await network.signMessage(player, { target: board!, tags: [{ name: 'Action', value: 'Add' }, { name: 'points', value: String(points) }], data: '' }));
    return delivery.outcome === 'computed' ? delivery.output['data'] : delivery;
  };
  const { beamline } = cli;
  const deploy = async (name: 'v1' | 'v2' | 'v4'): Promise<string> => {
    const release = await shelve(state, name);
    expect(await beamline('deploy', 'local', '--release', release)).toMatchObject({ exit: 0, result: { outcome: 'complete', to: release } });
    return release;
  };

  const v1 = await deploy('v1');
  expect(await score(5)).toBe('5');
  const { result: { snapshots: [{ ref, slot }] } } = await beamline('snapshot', 'local');
  await deploy('v2');
  expect(await score(5)).toBe('15'); // twice as much each

  const before = await network.resolve('scores-board-0-local');
  expect(await beamline('rollback', 'local', '--code-only')).toMatchObject({ exit: 0, result: { outcome: 'complete', strategy: 'in-place', to: v1 } });
  expect(await network.resolve('scores-board-0-local')).toBe(before);
  expect(await score(5)).toBe('20');

  const v2 = await deploy('v2');
  const v4 = await deploy('v4'); // scores in a byte from here on
  expect(await score(1)).toBe('21');
  expect(await beamline('rollback', 'local', '--code-only')).toMatchObject({ exit: 1, result: { error: { code: 'deployer/layout-differs', hint: expect.stringContaining('--snapshot') } } });
  expect(await beamline('rollback', 'local', '--to', 'ab'.repeat(32))).toMatchObject({ exit: 1, result: { error: { code: 'bundler/missing-release' } } });
  expect(await beamline('rollback', 'local', '--to', v1, '--dry-run')).toMatchObject({ exit: 0, result: { from: v4, to: v1, instances: [{ layout: { verdict: 'migrated' } }] } });
  const file = join(state, 'back.json');
  await beamline('rollback', 'local', '--to', v1, '--out', file);
  expect(await beamline('apply', file)).toMatchObject({ exit: 0, result: { outcome: 'complete', to: v1 } });
  expect(await score(5)).toBe('26'); // what was done on v4 has stayed

  await deploy('v4');
  expect(await score(4)).toBe('30');
  const refused = await beamline('rollback', 'local', '--snapshot', ref);
  expect(refused).toMatchObject({ exit: 2, result: { error: { code: 'cli/flags', message: expect.stringContaining('given up') } } });
  expect(await beamline('rollback', 'local', '--snapshot', ref, '--dry-run')).toMatchObject({ exit: 0, result: { release: v1, instances: [{ instance: 'board-0', slot, snapshot: ref }] } });
  expect(await beamline('rollback', 'local', '--snapshot', ref, '--to', v4)).toMatchObject({ exit: 1, result: { error: { code: 'stack/no-fitting-release' } } });
  expect(await score(1)).toBe('31'); // nothing was done

  expect(await beamline('rollback', 'local', '--snapshot', ref, '--to', v2, '--yes')).toMatchObject({
    exit: 0, result: { restored: [{ instance: 'board-0', slot, replayed: 0 }], deployment: { outcome: 'complete', to: v2 } },
  });
  expect(await score(5)).toBe('15'); // 5, and twice 5 by the code of v2
  expect((await beamline('status', 'local')).result).toMatchObject({ release: { id: v2 }, instances: [{ release: v2, phase: 'active' }] });
}, 240_000);
