import type { Clock } from '@beamline/core';
import { createMemoryTimeline, overallHealth, type InstanceStatus, type RatePoint, type ReleaseSizes, type SnapshotStatus, type StatusReport, type TracedError } from '@beamline/stack';
import type { WatchedEnvironment } from '../src/index.ts';

export const V1 = '3f9ac1d07be85d1e4b7a60c2c0a4f0d8e1b5927763d1f0a2c4e688990b1d2e3f';
export const V2 = 'b81e02d94c7712f6a0d35e8890c1ab42f7e63310d9587ac6641b20ef853d7c90';

export const instance = (id: string, changes: Partial<InstanceStatus> = {}): InstanceStatus => {
  const [role = '', shard = '0'] = id.split('-');
  return {
    id, role, shard: Number(shard), process: `${id}-9sKx2hT0bQvYdM4nWcR7eUjLZaP3fGiO1k`, alias: `arena-${id}-local`, release: V1, layout: 'a1b2c3',
    sampledAt: 0, health: 'healthy', phase: 'active', entities: 0, applied: 0, duplicates: 0, refused: 0, errors: 0, held: 0, forwarded: 0,
    sent: 0, slot: 0, lag: 0, messagesPerSecond: 0, lastError: '', ...changes,
  };
};

export const snapshot = (id: string, slot: number, changes: Partial<SnapshotStatus> = {}): SnapshotStatus => ({
  instance: id, process: `process-of-${id}`, slot, ref: `${id}@${slot}`, root: '9f3c71aa52', at: 0, bytesAdded: 61_300, pages: 37,
  pagesReused: 21, ...changes,
});

/** An environment made of values that the caller changes: the server and the page see what is in them at each look. */
export interface SampleEnvironment extends WatchedEnvironment {
  instances: InstanceStatus[];
  snapshots: SnapshotStatus[];
  release: { id: string; version: string };
  history: RatePoint[];
  sizesSeen: ReleaseSizes | undefined;
  traced: TracedError | undefined;
  /** Thrown by the next looks. */
  failure: Error | undefined;
}

export function createSampleEnvironment(clock: Clock): SampleEnvironment {
  const sample: SampleEnvironment = {
    instances: [instance('world-0'), instance('battle-0'), instance('battle-1'), instance('market-0')],
    snapshots: [],
    release: { id: V1, version: '1.0.0' },
    history: [],
    sizesSeen: undefined,
    traced: undefined,
    explain: async () => sample.traced,
    bundleSizes: async () => sample.sizesSeen,
    failure: undefined,
    events: createMemoryTimeline({ clock }),
    rates: () => sample.history,
    prometheusText: async () => '# HELP up Up\n# TYPE up gauge\nup 1\n',
    async status(): Promise<StatusReport> {
      if (sample.failure) throw sample.failure;
      const at = clock.now();
      const { instances, snapshots, release } = sample;
      const byInstance = Object.fromEntries(instances.map(({ id, messagesPerSecond }) => [id, messagesPerSecond]));
      sample.history.push({ at, byInstance });
      return {
        version: 1, game: 'arena', environment: 'local', release, health: overallHealth(instances), at,
        node: { url: 'http://127.0.0.1:8734', address: 'node', build: 'beamline local network' }, instances, deployments: [], snapshots,
      };
    },
  };
  return sample;
}
