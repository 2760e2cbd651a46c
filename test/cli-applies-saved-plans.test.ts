import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHyperbeam } from '@beamline/ao';
import { systemClock } from '@beamline/core';
import { canonicalJson } from '@beamline/ecs';
import { createCommandLine, type CommandLine } from './cli-game/command-line.ts';
import { shelve } from './cli-game/shelve.ts';

let state: string;
let cli: CommandLine;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'cli-plans-'));
  cli = createCommandLine(state);
});
afterAll(async () => {
  await cli.close();
  await rm(state, { recursive: true });
});

it('carries out the plan that was reviewed, and no other', async () => {
  const { url } = await cli.startNetwork();
  const network = createHyperbeam({ url, clock: systemClock });
  const { beamline } = cli;
  const file = (name: string): string => join(state, name);

  expect(await beamline('plan', 'local', '--release', await shelve(state, 'v1'), '--out', file('first.json'))).toMatchObject({ exit: 0, result: { instances: [{ instance: 'board-0', action: 'create' }] } });
  expect(await beamline('apply', file('first.json'))).toMatchObject({ exit: 0, result: { outcome: 'complete' } });
  // What was done once is not what the plan was made for any more.
  expect(await beamline('apply', file('first.json'))).toMatchObject({ exit: 1, result: { error: { code: 'deployer/drifted' } } });

  const release = await shelve(state, 'v2');
  const { result: planned } = await beamline('plan', 'local', '--release', release, '--out', file('second.json'));
  const blue = planned.changes[0].blue as string;
  const before = await network.slots(blue);
  const written = await readFile(file('second.json'), 'utf8');
  const edited = async (edit: (content: Record<string, Record<string, unknown>>) => void, hashed: boolean): Promise<unknown> => {
    const { sha256, ...content } = JSON.parse(written);
    edit(content);
    await writeFile(file('edited.json'), JSON.stringify({ ...content, sha256: hashed ? createHash('sha256').update(canonicalJson(content)).digest('hex') : sha256 }));
    return (await beamline('apply', file('edited.json'))).result;
  };
  expect(await edited(({ plan }) => { plan!['steps'] = ['nothing much']; }, false)).toMatchObject({ error: { code: 'deployer/bad-plan', message: expect.stringContaining('somebody edited it') } });
  expect(await edited(({ plan }) => { plan!['steps'] = ['nothing much']; }, true)).toMatchObject({ error: { code: 'deployer/drifted', message: expect.stringContaining('steps') } });
  expect(await edited(({ plan }) => { plan!['strategy'] = 'in-place'; }, true)).toMatchObject({ error: { code: 'deployer/drifted', message: expect.stringContaining('strategy') } });
  expect(await edited(({ plan }) => { (plan!['basis'] as Record<string, object>)['board-0'] = { ...(plan!['basis'] as Record<string, object>)['board-0'], module: 'm'.repeat(43) }; }, true))
    .toMatchObject({ error: { code: 'deployer/drifted', message: expect.stringContaining('module') } });
  expect(await edited(({ request }) => { request!['release'] = 'ab'.repeat(32); }, true)).toMatchObject({ error: { code: 'bundler/missing-release' } });
  expect(await edited(({ plan }) => { plan!['environment'] = 'elsewhere'; }, true)).toMatchObject({ error: { code: 'stack/unknown-environment' } });
  expect(await network.slots(blue)).toEqual(before);

  expect(await beamline('apply', file('second.json'))).toMatchObject({ exit: 0, result: { outcome: 'complete', to: release } });
}, 120_000);
