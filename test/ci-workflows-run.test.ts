import { spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { systemClock } from '@beamline/core';
import { githubSteps, parseGithub, type CiStep } from './ci-steps.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
let game: string;

/** A game of its own, and the provider's tools: `npx` runs this command line, `gh` keeps the comment, `npm` has installed. */
beforeAll(async () => {
  game = await mkdtemp(join(tmpdir(), 'ci-game-'));
  for (const file of ['v1.ts', 'v2.ts', 'score.ts', 'world.lock']) await copyFile(join(ROOT, 'test/cli-game', file), join(game, file));
  await symlink(join(ROOT, 'node_modules'), join(game, 'node_modules'));
  await writeFile(join(game, 'package.json'), '{ "name": "ci-game", "type": "module" }');
  await mkdir(join(game, 'bin'));
  const tools = {
    npx: `shift; exec "${process.execPath}" --conditions=@beamline/source --disable-warning=ExperimentalWarning "${ROOT}apps/cli/src/main.ts" "$@"`,
    npm: 'exit 0',
    gh: 'while [ $# -gt 0 ]; do [ "$1" = --body-file ] && cp "$2" comment.md; shift; done',
  };
  for (const [name, script] of Object.entries(tools)) {
    await writeFile(join(game, 'bin', name), `#!/bin/bash\n${script}\n`);
    await chmod(join(game, 'bin', name), 0o755);
  }
});
afterAll(async () => {
  for (const name of ['staging', 'live']) await shell(`npx beamline network stop ${name}`, {});
  await rm(game, { recursive: true, force: true });
});

const version = (entry: string): Promise<void> => writeFile(join(game, 'beamline.config.ts'), `
  export default {
    game: 'scores', version: '${entry}', roles: { board: { entry: '${entry}.ts' } },
    environments: Object.fromEntries(['staging', 'live'].map((name) => [name, { network: { kind: 'local' }, bakeMs: 50, sampleMs: 100, rehearsal: { messages: 50, allow: [{ kind: 'reply' }, { kind: 'state' }] } }])),
  };\n`);

async function shell(run: string, env: Readonly<Record<string, string>>): Promise<{ exit: number | null; said: string }> {
  const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', run], { cwd: game, stdio: ['ignore', 'pipe', 'pipe'], env: { NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/compiled'), ...process.env, ...env, PATH: `${join(game, 'bin')}:${process.env['PATH']}` } });
  const [out, err] = [text(child.stdout), text(child.stderr)];
  const exit = await new Promise<number | null>((ended) => child.once('exit', ended));
  return { exit, said: `${await out}${await err}` };
}

/** What a provider puts in place of its expressions. */
const filled = (env: CiStep['env']): Record<string, string> => Object.fromEntries(Object.entries(env).map(([name, value]) => [name,
  value.replace(/\$\{\{ vars\.\w+ \|\| '([^']*)' \}\}/, '$1').replace('${{ github.event.number }}', '7').replace('${{ github.token }}', 'token')]));

it('builds, reviews, previews and deploys a game as the written workflow says', async () => {
  await version('v1');
  expect(await shell('npx beamline ci init github', {})).toMatchObject({ exit: 0 });
  const steps = githubSteps(parseGithub(await readFile(join(game, '.github/workflows/beamline.yml'), 'utf8')));
  const job = async (name: string): Promise<string> => {
    let said = '';
    for (const step of steps.filter((each) => each.job === name)) {
      const done = await shell(step.run, filled(step.env));
      expect([step.run, done.exit, done.said]).toEqual([step.run, 0, done.said]);
      said += done.said;
    }
    return said;
  };
  const push = async (): Promise<void> => {
    await rm(join(game, 'beamline-plan.json'), { force: true });
    for (const name of ['deploy-staging', 'plan-live', 'deploy-live']) await job(name);
  };
  const urls: Record<string, string> = {};
  for (const name of ['staging', 'live']) urls[name] = /http:\S+?(?=,)/.exec((await shell(`npx beamline network start ${name} --detach`, {})).said)![0];
  const score = async (name: string, points: number): Promise<unknown> => {
    const network = createHyperbeam({ url: urls[name]!, clock: systemClock });
    const item = await network.signMessage(ethereumSigner('44'.repeat(32)), { target: (await network.resolve(`scores-board-0-${name}`))!, tags: [{ name: 'Action', value: 'Add' }, { name: 'points', value: String(points) }], data: '' });
    const delivery = await network.send(item);
    return delivery.outcome === 'computed' ? delivery.output['data'] : delivery;
  };

  await push();
  expect([await score('staging', 5), await score('live', 5)]).toEqual(['5', '5']);

  await version('v2');
  await job('check');
  const comment = await readFile(join(game, 'comment.md'), 'utf8');
  for (const part of ['## scores v2 → staging', '**Nothing speaks against it.**', '| ✔ | rehearsal | passed |', '### Plan for staging', '### Bundle sizes']) expect(comment).toContain(part);
  expect(await score('staging', 5)).toBe('10'); // a pull request deploys nothing
  expect(await job('preview')).toContain('pr-7 at http://127.0.0.1:');
  expect((await shell('npx beamline status pr-7 --json', {})).said).toContain('"environment":"pr-7"');
  await job('preview-down');
  expect((await shell('npx beamline preview list', {})).said).toContain('no previews');

  await push();
  expect([await score('staging', 5), await score('live', 5)]).toEqual(['20', '15']);
}, 300_000);
