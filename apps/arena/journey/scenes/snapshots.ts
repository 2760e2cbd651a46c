import type { SnapshotTaken } from '@beamline/stack';
import type { Scenery } from '../journey.ts';
import type { JourneyReport } from '../report.ts';

const PLAY_MS = 5_000;

/** One whole and one incremental snapshot of every instance, while the players play. */
export async function takeTwoSnapshots({ account, clock, stage, signal }: Scenery): Promise<Pick<JourneyReport, 'snapshot' | 'incremental'>> {
  account.chapter('Snapshots, while they play');
  const environment = stage.environment('v1');
  await clock.sleep(PLAY_MS, signal);
  const whole = sum(await environment.snapshot({}, signal));
  account.tell(`whole: ${whole.pages} pages, ${whole.bytes} bytes on disk, ${whole.ms} ms`);
  await clock.sleep(PLAY_MS, signal);
  const incremental = sum(await environment.snapshot({}, signal));
  account.tell(`incremental: ${incremental.pages} pages of which ${incremental.pagesReused} reused, ${incremental.bytes} new bytes, ${incremental.ms} ms`);
  return { snapshot: { bytes: whole.bytes, ms: whole.ms }, incremental: { bytes: incremental.bytes, ms: incremental.ms, pagesReused: incremental.pagesReused } };
}

function sum(taken: readonly SnapshotTaken[]): { bytes: number; ms: number; pages: number; pagesReused: number } {
  const total = { bytes: 0, ms: 0, pages: 0, pagesReused: 0 };
  for (const { bytes, ms, pages, pagesReused } of taken) {
    total.bytes += bytes;
    total.ms += ms;
    total.pages += pages;
    total.pagesReused += pagesReused;
  }
  return total;
}
