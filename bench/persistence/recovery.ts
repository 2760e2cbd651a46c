import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { launchLocalNetwork } from '@beamline/ao/local';
import { buildRole } from '@beamline/bundler';
import { systemClock as clock } from '@beamline/core';
import { worldDigest } from '@beamline/ecs';
import { createOperator } from '@beamline/kernel/operator';
import { createSnapshotter, ecsSource, recover, takeSnapshot } from '@beamline/persistence';
import { createFsStore, openLog } from '@beamline/persistence/fs';
import { fileURLToPath } from 'node:url';
import { HISTORY, message, play, startWorld } from './logged-game.ts';
import { median } from './measure.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** From the start of a new OS process to a world that could take its next message: snapshot, then a tail of the log. */
export async function measureColdStart(folder: string, quick: boolean): Promise<Record<string, number>> {
  const tail = quick ? 1_000 : 10_000;
  const world = startWorld(undefined, quick ? 10_000 : 100_000);
  const game = join(folder, 'game');
  const log = await openLog({ folder: join(game, 'log') });
  const logged = async (count: number) => {
    for (let batch = 0; batch < count; batch += 1_000) {
      const added = Array.from({ length: Math.min(1_000, count - batch) }, () => log.append(message(log.next())));
      for (const sequence of await Promise.all(added)) play(world, { sequence, payload: message(sequence) });
    }
  };
  await logged(1_000);
  await createSnapshotter({ source: ecsSource(world, 'game'), store: createFsStore({ root: join(game, 'snapshots') }), game: 'game', role: 'world', process: HISTORY }).snapshot();
  await logged(tail);
  await log.close();
  const digest = worldDigest(world);
  const times = Array.from({ length: quick ? 3 : 7 }, () => {
    const startedAt = Date.now();
    const args = ['--conditions=@beamline/source', '--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'recovery-child.ts'), game];
    const found = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as { readyAt: number; digest: string; replayed: number };
    if (found.digest !== digest || found.replayed !== tail) throw new Error('the recovered world is another one');
    return found.readyAt - startedAt;
  });
  return { recoveryJsMs: median(times) };
}

/** A lost process of arena on the local network: fresh process, newest snapshot, the messages after it, active. */
export async function measureProcessRecovery(folder: string, quick: boolean): Promise<Record<string, number>> {
  const local = await launchLocalNetwork({ dir: join(folder, 'network') });
  try {
    const owner = ethereumSigner('11'.repeat(32));
    const players = Array.from({ length: quick ? 5 : 20 }, (_, n) => ethereumSigner(String(n + 20).padStart(2, '0').repeat(32)));
    const network = createHyperbeam({ url: local.url, clock });
    const operator = createOperator({ network, signer: owner, clock });
    const { code } = await buildRole({ role: 'world', entry: 'apps/arena/src/v2/world.ts', target: 'lua', root: ROOT });
    const module = await network.spawn(await network.signModule(owner, code));
    const spawn = async (phase: 'active' | 'standby') => network.spawn(await network.signProcess(owner, {
      module, tags: [{ name: 'Beamline-Phase', value: phase }, { name: 'Beamline-Role', value: 'world' }], data: `${phase} ${clock.now()}`,
    }));
    const lost = await spawn('active');
    const say = async (round: number) => {
      await Promise.all(players.map(async (player, n) => {
        const tags = Object.entries<string>(round === 0 ? { Action: 'Join', Name: `Player ${n}`, Seq: '1' } : { Action: 'Move', X: `${round * 7 % 1000}`, Y: `${n * 9}`, Seq: `${round + 1}` });
        await network.send(await network.signMessage(player, { target: lost, tags: tags.map(([name, value]) => ({ name, value })), data: '' }));
      }));
    };
    for (let round = 0; round < 3; round += 1) await say(round);
    const store = createFsStore({ root: join(folder, 'arena-store') });
    await takeSnapshot({ operator, store, clock, process: lost, game: 'arena', role: 'world' });
    // 20 players send 10,000 messages after the snapshot.
    const rounds = quick ? 3 : 500;
    for (let round = 3; round < 3 + rounds; round += 1) await say(round);
    await fetch(`${local.url}/~beamline@1.0/brick?process=${lost}`, { method: 'POST' });
    const report = await recover({ network, operator, store, clock, process: lost, spawn: () => spawn('standby'), bundle: { code } });
    if (!report.rootsMatch) throw new Error('the recovered process is another one');
    return { recoveryProcessMs: report.ms, recoveryProcessTail: report.replayed };
  } finally {
    await local.stop();
  }
}
