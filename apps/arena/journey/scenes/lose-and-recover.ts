import type { Scenery } from '../journey.ts';
import type { JourneyReport } from '../report.ts';

const LOST = 'battle-1';
const DEAD_MS = 2_000;

/** A process stops computing for good, as after an uncaught error; players go on sending to it until it is back. */
export async function loseAndRecover({ account, clock, stage, signal }: Scenery): Promise<JourneyReport['recovery']> {
  account.chapter(`${LOST} dies, while they play`);
  const environment = stage.environment('v2');
  await environment.snapshot({ instance: LOST }, signal);
  await clock.sleep(DEAD_MS, signal);
  const process = (await environment.state()).instances[LOST]!.process;
  const { url } = await environment.parts();
  await fetch(`${url}/~beamline@1.0/brick?process=${process}`, { method: 'POST', signal });
  environment.events.publish({ kind: 'note', level: 'error', text: `${LOST} does not compute any more` });
  account.tell(`${process} is bricked`);
  await clock.sleep(DEAD_MS, signal);
  const { ms, rootsMatch, replayed } = await environment.restore(LOST, {}, signal);
  account.tell(`back in ${ms} ms from its snapshot and ${replayed} messages of its schedule; ${rootsMatch ? 'equal to' : 'DIFFERENT FROM'} a replica of everything it ever received`);
  return { ms, rootsMatch: rootsMatch === true };
}
