// A process that starts from nothing and is the world it was: prints the digest as soon as it could apply the next message.
import { worldDigest } from '@beamline/ecs';
import { recoverColumns } from '@beamline/persistence';
import { createFsStore, readLog } from '@beamline/persistence/fs';
import { HISTORY, play, startWorld } from './logged-game.ts';

const [folder] = process.argv.slice(2) as [string];
const { world, slot, replayed } = await recoverColumns({
  store: createFsStore({ root: `${folder}/snapshots` }), process: HISTORY, records: (from) => readLog({ folder: `${folder}/log`, from }), start: startWorld, apply: play,
});
const readyAt = Date.now();
process.stdout.write(JSON.stringify({ readyAt, slot, replayed, digest: worldDigest(world) }));
