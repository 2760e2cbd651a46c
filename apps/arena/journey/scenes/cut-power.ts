import { kill } from 'node:process';
import type { Scenery } from '../journey.ts';

const AROUND_MS = 2_000;

/** kill -9 of the network's process under load: what it acknowledged is on its disk. */
export async function cutPower({ account, clock, stage, play, signal }: Scenery): Promise<void> {
  account.chapter('kill -9 of the network, while they play');
  await clock.sleep(AROUND_MS, signal);
  const { networkPid } = await stage.environment('v1').parts();
  const pid = networkPid();
  if (pid === undefined) throw new Error('the local network has no process to kill');
  const before = play.settled();
  kill(pid, 'SIGKILL');
  const killed = clock.now();
  while (play.settled() < before + play.players) await clock.sleep(50, signal);
  account.tell(`killed ${pid}; ${play.players} messages later, after ${clock.now() - killed} ms, play goes on`);
  await clock.sleep(AROUND_MS, signal);
}
