import { ethereumSigner } from '@beamline/ao';
import { defineConfig, type Probe } from '@beamline/stack';
import rehearsed from './beamline.rehearsed.config.ts';

/** Plays on the fork alone, as somebody who has points there if it was made of what runs. */
const playsOnTheFork: Probe = async ({ phase, network, instances }) => {
  if (phase !== 'fork') return [];
  const tags = Object.entries({ Action: 'Add', points: '1', seq: '100' }).map(([name, value]) => ({ name, value }));
  const item = await network.signMessage(ethereumSigner('61'.repeat(32)), { target: instances[0]!.process, tags, data: '' });
  const delivery = await network.send(item);
  const points = delivery.outcome === 'computed' ? String(delivery.output['data']) : delivery.detail;
  return points === '12' ? [] : [`a player with 10 points, who should have got 2 more, has ${points}`];
};

/** It is meant to be. */
export default defineConfig({
  ...rehearsed, smoke: [playsOnTheFork],
  environments: {
    local: { ...rehearsed.environments.local, rehearsal: { messages: 20, allow: [{ kind: 'state', at: 'Score.points' }, { kind: 'reply', at: 'Add.data' }] } },
  },
});
