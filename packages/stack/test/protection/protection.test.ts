import { beforeEach, describe, expect, it } from '@jest/globals';
import { Fault, noopMeter } from '@beamline/core';
import { createManualClock } from '@beamline/core/testing';
import { emptyState, type EnvironmentState } from '@beamline/deployer';
import { createMemoryDrillLedger, createMemoryStore, type DrillLedger, type SnapshotRef } from '@beamline/persistence';
import { sampleDrill } from '@beamline/persistence/testing';
import { createProtection, type ProtectionOptions } from '../../src/protection/protection.ts';
import { createMemoryTimeline } from '../../src/timeline/memory-timeline.ts';
import type { Timeline } from '../../src/timeline/timeline.ts';

const clock = createManualClock(1_000_000);
const process = 'p'.repeat(43);
let state: EnvironmentState;
let events: Timeline;
let ledger: DrillLedger;
let snapshots: string[];
let refs: SnapshotRef[];
let snapshotFails: Error | undefined;

const record = { role: 'world', shard: 0, process, alias: 'a', release: 'r', bundle: 'b', layoutHash: 'l', layout: { version: 1, components: [] }, since: 900_000, forwarders: [] };
const protect = (network: Partial<ProtectionOptions['network']> = {}) => createProtection({
  network: { slots: async () => ({ scheduled: 10, computed: 10 }), schedule: () => { throw new Error('not asked for here'); }, ...network },
  operator: { snapshot: async () => { throw new Fault('ao/unreachable', 'the node is gone', { retryable: true }); } } as never,
  store: { ...createMemoryStore(), async *list(of) { yield* refs.filter(({ process: each }) => each === of); } }, ledger, events, clock, meter: noopMeter, policy: { withinMs: 10_000, drillEveryMs: 60_000 },
  stores: async () => [{ name: 'local', store: { ...createMemoryStore(), async *list(of) { yield* refs.filter(({ process: each }) => each === of); } } }],
  state: async () => state, code: async () => '',
  snapshot: async (instance) => {
    const { process } = state.instances[instance]!;
    snapshots.push(instance);
    if (snapshotFails) throw snapshotFails;
    const ref = { process, slot: 1, sha256: 'ab'.repeat(32) };
    refs.push(ref);
    return [{ ref } as never];
  },
  messagesPerSecond: () => 1,
});
const notes = () => events.list().flatMap((event) => (event.kind === 'note' ? [event.text] : []));

beforeEach(() => {
  state = { ...emptyState('live', 'arena'), instances: { 'world-0': record as never, 'world-1': { ...record, process: 'q'.repeat(43) } as never } };
  events = createMemoryTimeline({ clock });
  ledger = createMemoryDrillLedger();
  snapshots = [];
  refs = [];
  snapshotFails = undefined;
});

describe('a pass of protection', () => {
  it('takes the first snapshot of every instance, and the trouble of one does not stop the next', async () => {
    await protect().pass();
    expect(snapshots).toEqual(['world-0', 'world-1']);
    expect(notes()).toEqual([expect.stringContaining('world-0 could not be protected: ao/unreachable'), expect.stringContaining('world-1')]);
  });

  it('tells of trouble once, until it is over', async () => {
    const protection = protect();
    await protection.pass();
    await protection.pass();
    expect(notes()).toHaveLength(2);
  });

  it('stays away while a deployment runs', async () => {
    state = { ...state, running: 'deployment-1' };
    await protect().pass();
    expect(snapshots).toEqual([]);
  });

  it('tells of each alert once', async () => {
    for (const { process: each } of Object.values(state.instances)) await ledger.record(sampleDrill({ process: each, at: clock.now(), outcome: 'bad' }));
    snapshotFails = new Fault('persistence/write-failed', 'the disk is full');
    const protection = protect();
    await protection.pass();
    await protection.pass();
    expect(notes().filter((text) => text.includes('did not come back'))).toHaveLength(2);
    expect(notes().filter((text) => text.includes('the disk is full'))).toHaveLength(2);
  });

  it('ends quietly when it is told to', async () => {
    const stop = new AbortController();
    const protection = protect({ slots: async () => { stop.abort(); throw new Error('aborted'); } });
    await protection.pass(stop.signal);
    expect(notes()).toEqual([]);
  });
});
