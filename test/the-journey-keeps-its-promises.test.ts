import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import type { JourneyReport } from '../apps/arena/journey/report.ts';

const MAIN = join(import.meta.dirname, '../apps/arena/journey/main.ts');
const PLAYERS = 40;

/** `npm start -- --once --json`, with fewer players. */
async function travel(): Promise<JourneyReport> {
  const folder = await mkdtemp(join(tmpdir(), 'journey-'));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--conditions=@beamline/source', MAIN, '--once', '--json', '--port', '0', '--players', `${PLAYERS}`, '--rate', '40', '--state', folder,
    ], { env: { ...process.env, XDG_STATE_HOME: folder } });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as JourneyReport;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

it('builds, deploys, plays, upgrades, rolls back, loses and recovers without losing or repeating a message', async () => {
  const report = await travel();
  expect(report.bundles.filter(({ target }) => target === 'lua').map(({ role }) => role).sort()).toEqual(['battle', 'market', 'world']);
  expect(report.bundles.find(({ role, target }) => role === 'world' && target === 'lua')?.bytes).toBeLessThan(60_000);
  expect(report).toMatchObject({
    processes: 4,
    players: PLAYERS,
    messages: { lost: 0, duplicated: 0 },
    upgrade: { strategy: 'blue-green', lost: 0, duplicated: 0, rootsMatch: true },
    recovery: { rootsMatch: true },
    rollback: { triggeredBy: expect.stringMatching(/^a player at \d+,\d+ told to walk to/) as unknown as string, lost: 0, rootsMatch: true },
  });
  expect(report.messages.sent).toBeGreaterThan(PLAYERS);
  expect(report.messages.applied).toBe(report.messages.sent);
  expect(report.incremental.pagesReused).toBeGreaterThan(0);
  expect(report.snapshot.bytes).toBeGreaterThan(0);
}, 400_000);
