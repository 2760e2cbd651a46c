import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { writeRelease } from '@beamline/bundler/release';
import { systemClock } from '@beamline/core';
import { createStack } from '@beamline/stack';
import { builtRelease } from './built.ts';
import { createCommandLine, type CommandLine } from './cli-game/command-line.ts';
import { shelve } from './cli-game/shelve.ts';

let state: string;
let cli: CommandLine;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'cli-preview-'));
  cli = createCommandLine(state);
});
afterAll(async () => {
  await cli.beamline('preview', 'down', 'pr-7');
  await cli.close();
  await rm(state, { recursive: true });
});

it('brings the worlds of an environment to a network of their own, runs the branch on them, and takes all of it away', async () => {
  const { url } = await cli.startNetwork();
  const { beamline } = cli;
  const player = ethereumSigner('33'.repeat(32));
  const score = async (at: string, alias: string, points: number): Promise<unknown> => {
    const network = createHyperbeam({ url: at, clock: systemClock });
    const board = await network.resolve(alias);
    const delivery = await network.send(await network.signMessage(player, { target: board!, tags: [{ name: 'Action', value: 'Add' }, { name: 'points', value: String(points) }], data: '' }));
    return delivery.outcome === 'computed' ? delivery.output['data'] : delivery;
  };
  await beamline('deploy', 'local', '--release', await shelve(state, 'v1'));
  expect(await score(url, 'scores-board-0-local', 5)).toBe('5');
  const branch = await shelve(state, 'v4');
  const { result: before } = await beamline('status', 'local');

  expect(await beamline('preview', 'up', 'Local', '--from', 'local', '--release', branch)).toMatchObject({ exit: 1, result: { error: { code: 'stack/bad-name' } } });
  expect(await beamline('preview', 'up', 'local', '--from', 'local', '--release', branch)).toMatchObject({ exit: 1, result: { error: { code: 'stack/bad-name' } } });
  const up = await beamline('preview', 'up', 'pr-7', '--from', 'local', '--for', '1h', '--release', branch);
  expect(up).toMatchObject({ exit: 0, result: {
    preview: { name: 'pr-7', from: 'local', base: before.release.id }, worlds: [{ instance: 'board-0' }],
    plan: { instances: [{ layout: { verdict: 'migrated' }, data: { fits: true, rows: { before: 1 } } }] }, deployment: { outcome: 'complete' },
  } });
  const preview = up.result.preview.url as string;
  expect(preview).not.toBe(url);
  expect(await score(preview, 'scores-board-0-pr-7', 1)).toBe('6'); // the branch's code, on the live world's score

  // An environment like any other, apart from the one it came from.
  expect(await beamline('status', 'pr-7')).toMatchObject({ exit: 0, result: { environment: 'pr-7', health: 'healthy', release: { id: up.result.preview.release }, node: { url: preview } } });
  expect(await beamline('network', 'status', 'pr-7')).toMatchObject({ exit: 0, result: { url: preview } });
  expect((await beamline('status', 'local')).result).toMatchObject({ release: before.release, instances: [{ process: before.instances[0].process, applied: before.instances[0].applied }] });
  expect(await score(url, 'scores-board-0-local', 1)).toBe('6');

  expect(await beamline('preview', 'up', 'pr-7', '--from', 'local', '--release', branch)).toMatchObject({ exit: 1, result: { error: { code: 'stack/preview-exists' } } });
  expect(await beamline('preview', 'list')).toMatchObject({ exit: 0, result: { previews: [{ name: 'pr-7', running: true, expired: false }], removed: [] } });
  // Again, with the release that runs there and for no time at all: it is over at the next look.
  expect(await beamline('preview', 'up', 'pr-7', '--from', 'local', '--release', before.release.id, '--for', '0ms', '--replace')).toMatchObject({ exit: 0, result: { worlds: [{ instance: 'board-0' }] } });
  expect(await beamline('preview', 'list')).toMatchObject({ result: { previews: [], removed: ['pr-7'] } });
  expect(await readdir(join(state, 'previews'))).toEqual([]);
  await expect(fetch(preview)).rejects.toThrow();
  expect(await beamline('preview', 'down', 'pr-7')).toMatchObject({ exit: 1, result: { error: { code: 'stack/unknown-preview' } } });
  expect(await beamline('preview', 'down')).toMatchObject({ exit: 2 });
  expect(await beamline('deployments', 'list', 'local')).toMatchObject({ result: { deployments: [{ state: 'complete' }] } });

  // A network elsewhere, whose owner's key is not here.
  const stack = createStack({
    game: 'scores', version: '1.0.0', roles: { board: { entry: 'v1.ts' } }, environments: { live: { network: { kind: 'hyperbeam', url } } },
  }, { root: fileURLToPath(new URL('cli-game', import.meta.url)), state });
  const known = JSON.parse(await readFile(join(state, 'local/environment.json'), 'utf8'));
  await mkdir(join(state, 'live'));
  await writeFile(join(state, 'live/environment.json'), JSON.stringify({ ...known, environment: 'live' }));
  try {
    const { preview: { url: copy }, worlds } = await stack.previews.up({ name: 'pr-8', from: 'live', release: before.release.id });
    expect(worlds).toMatchObject([{ instance: 'board-0' }]);
    expect(await score(copy!, 'scores-board-0-pr-8', 1)).toBe('7');
    await expect(stack.environment('live').status()).rejects.toMatchObject({ code: 'stack/no-signer' });
  } finally {
    await stack.previews.down('pr-8');
    await stack.close();
  }
}, 240_000);

it('brings several roles and their shards, which go on sending to each other', async () => {
  const root = fileURLToPath(new URL('deployer-game', import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), 'preview-roles-'));
  const { release } = await builtRelease({
    game: 'small', version: '1', root, roles: { world: { entry: 'world-v1.ts', targets: ['lua'] }, battle: { entry: 'battle.ts', targets: ['lua'], shards: 2, dependsOn: ['world'] } },
  });
  await writeRelease(join(folder, 'releases'), release);
  const stack = createStack({
    game: 'small', version: '1', roles: { world: { entry: 'world-v1.ts' }, battle: { entry: 'battle.ts', shards: 2, dependsOn: ['world'] } },
    environments: { local: { network: { kind: 'local' }, bakeMs: 50, sampleMs: 100 } },
  }, { root, state: folder });
  const player = ethereumSigner('55'.repeat(32));
  const say = async (url: string, alias: string, tags: Record<string, string>): Promise<unknown> => {
    const network = createHyperbeam({ url, clock: systemClock });
    const item = await network.signMessage(player, { target: (await network.resolve(alias))!, tags: Object.entries(tags).map(([name, value]) => ({ name, value })), data: '' });
    const delivery = await network.send(item);
    return delivery.outcome === 'computed' ? delivery.output['data'] : delivery;
  };
  try {
    const local = stack.environment('local');
    expect(await local.deploy(await local.plan(release.id))).toMatchObject({ outcome: 'complete' });
    const { url } = await local.parts();
    expect(await say(url, 'small-battle-1-local', { Action: 'Fight', n: '4' })).toBe('fought');
    const score = async (at: string, environment: string) => say(at, `small-world-0-${environment}`, { Action: 'Score', player: player.address });
    expect(await score(url, 'local')).toBe('4');

    const { preview, worlds } = await stack.previews.up({ name: 'fleet', from: 'local', release: release.id });
    expect(worlds.map(({ instance }) => instance).sort()).toEqual(['battle-0', 'battle-1', 'world-0']);
    expect(await say(preview.url!, 'small-battle-1-fleet', { Action: 'Fight', n: '3' })).toBe('fought');
    expect([await score(preview.url!, 'fleet'), await score(url, 'local')]).toEqual(['7', '4']);
  } finally {
    await stack.previews.down('fleet').catch(() => undefined);
    await stack.close();
    await rm(folder, { recursive: true });
  }
}, 240_000);
