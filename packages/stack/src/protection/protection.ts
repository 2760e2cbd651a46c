import { describeError, Fault, isFault, type AoNetwork, type Clock, type Meter } from '@beamline/core';
import type { EnvironmentState, InstanceId } from '@beamline/deployer';
import type { Operator } from '@beamline/kernel/operator';
import {
  byAge, formatRef, readStoredManifest, recoveryMetrics, runDrill, type DrillLedger, type DrillReport, type NamedStore, type SnapshotRef, type SnapshotStore,
} from '@beamline/persistence';
import { recordOf } from '../environment/restore-instance.ts';
import type { SnapshotTaken } from '../environment/take-snapshots.ts';
import type { Timeline } from '../timeline/timeline.ts';
import { nextStep, recoveryStatus, type ProtectionPolicy, type RecoveryStatus } from './recovery-status.ts';

export interface ProtectionOptions {
  network: Pick<AoNetwork, 'schedule' | 'slots'>;
  operator: Operator;
  store: SnapshotStore;
  ledger: DrillLedger;
  events: Timeline;
  clock: Clock;
  meter: Meter;
  policy: ProtectionPolicy;
  state(): Promise<EnvironmentState>;
  /** Lua of the bundle that an instance runs. */
  code(release: string, role: string): Promise<string>;
  snapshot(instance: InstanceId, signal?: AbortSignal): Promise<readonly SnapshotTaken[]>;
  /** Brings what was taken to the backup stores; absent when there are none. */
  backUp?(signal?: AbortSignal): Promise<void>;
  /** Drills read from these, one after the other: what is to be proved is what one would recover from, so they are opened anew. */
  stores(): Promise<readonly NamedStore[]>;
  /** As last seen, by instance. */
  messagesPerSecond(instance: InstanceId): number;
}

export interface Drilled {
  instance: InstanceId;
  report: DrillReport;
}

export interface Protection {
  status(signal?: AbortSignal): Promise<readonly RecoveryStatus[]>;
  /**
   * Drills the newest snapshot of an instance that a store has, taking one where there is none, and remembers what came of
   * it. @param from name of the store. @default the one that was drilled least recently
   */
  drill(instance: InstanceId, options?: { from?: string }, signal?: AbortSignal): Promise<Drilled>;
  /** Does what is due for every instance, one after the other. One instance's trouble is told and does not stop the rest. */
  pass(signal?: AbortSignal): Promise<void>;
}

export function createProtection(options: ProtectionOptions): Protection {
  const { network, operator, store, ledger, events, clock, meter, policy } = options;
  const metrics = recoveryMetrics(meter);
  const beganAt = clock.now();
  const told = new Set<string>();
  const troubled = new Set<InstanceId>();

  async function statusOf(state: EnvironmentState, instance: InstanceId, signal?: AbortSignal): Promise<RecoveryStatus> {
    const { process, role, since } = recordOf(state, instance);
    const taken = new Map(events.list({ limit: Infinity }).flatMap((event) => (event.kind === 'snapshot' ? [[event.ref, event]] : [])));
    const refs = await refsOf(store, process);
    const snapshots = refs.map((ref) => {
      const event = taken.get(formatRef(ref));
      return { slot: ref.slot, at: event?.at ?? 0, bytes: event?.bytes ?? 0 };
    });
    const newest = snapshots.at(-1);
    if (newest !== undefined) newest.at = await takenAt(store, refs.at(-1)!) ?? newest.at;
    const { scheduled } = await network.slots(process, signal);
    const drills = await ledger.list(process);
    const status = recoveryStatus({
      instance, process, drills, snapshots, slot: scheduled, messagesPerSecond: options.messagesPerSecond(instance), since: Math.max(since, beganAt),
    }, policy, clock.now());
    metrics.covered({ messages: status.behind, ageMs: clock.now() - (status.snapshot?.at ?? since) }, { instance, role });
    return status;
  }

  async function drill(instance: InstanceId, { from }: { from?: string } = {}, signal?: AbortSignal): Promise<Drilled> {
    const state = await options.state();
    const { process, role, release } = recordOf(state, instance);
    const source = from === undefined ? leastRecent(await options.stores(), await ledger.list(process), clock.now()) : named(await options.stores(), from);
    let ref = (await refsOf(source.store, process)).at(-1);
    if (ref === undefined) {
      ref = (await options.snapshot(instance, signal))[0]!.ref;
      await options.backUp?.(signal);
    }
    const report = await runDrill({ network, operator, store: source.store, storeName: source.name, clock, ref, bundle: { code: await options.code(release, role), chunkName: `${role}.lua` } }, signal);
    await ledger.record(report);
    metrics.drilled(report, { instance, role });
    const { slot, outcome, recoveryMs, replayed } = report;
    events.publish({ kind: 'drill', instance, slot, ref: report.ref, outcome, recoveryMs, replayed, ...(report.outcome === 'bad' && { detail: report.message }) });
    return { instance, report };
  }

  /** Each alert once, until it is over. */
  function tell({ instance, alerts }: RecoveryStatus): void {
    const current = new Set(alerts.map(({ code }) => `${instance} ${code}`));
    for (const key of told) if (key.startsWith(`${instance} `) && !current.has(key)) told.delete(key);
    for (const { code, message, hint } of alerts) {
      const key = `${instance} ${code}`;
      if (told.has(key)) continue;
      told.add(key);
      events.publish({ kind: 'note', level: 'error', text: `${instance}: ${message}. ${hint}` });
    }
  }

  return {
    drill,
    async status(signal) {
      const state = await options.state();
      return Promise.all(Object.keys(state.instances).map((instance) => statusOf(state, instance, signal)));
    },
    async pass(signal) {
      const state = await options.state();
      // What changes under a deployment's hands is looked at once it has ended.
      if (state.running !== undefined) return;
      for (const instance of Object.keys(state.instances)) {
        try {
          const status = await statusOf(state, instance, signal);
          tell(status);
          const step = nextStep(status, policy, clock.now());
          if (step === 'snapshot') {
            await options.snapshot(instance, signal);
            await options.backUp?.(signal);
          }
          if (step !== 'wait') await drill(instance, {}, signal);
        } catch (error) {
          if (signal?.aborted === true) return;
          if (isFault(error, 'persistence/no-drill') || isFault(error, 'stack/unknown-instance')) continue;
          if (!troubled.has(instance)) events.publish({ kind: 'note', level: 'warning', text: `${instance} could not be protected: ${describeError(error)}` });
          troubled.add(instance);
          continue;
        }
        troubled.delete(instance);
      }
    },
  };
}

/** So that every store is proved in turn; one that never was comes first. */
function leastRecent(stores: readonly NamedStore[], drills: readonly DrillReport[], now: number): NamedStore {
  const order = byAge(drills, now);
  const last = ({ name }: NamedStore) => order.findLastIndex(({ store }) => store === name);
  return stores.reduce((best, each) => (last(each) < last(best) ? each : best));
}

function named(stores: readonly NamedStore[], name: string): NamedStore {
  const found = stores.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new Fault('stack/unknown-store', `there is no store ${name}`, { hint: `There are ${stores.map((each) => each.name).join(', ')}.` });
}

/** When a snapshot was taken, if its manifest can be read and says so. */
async function takenAt(store: SnapshotStore, ref: SnapshotRef): Promise<number | undefined> {
  return readStoredManifest(store, ref).then((manifest) => manifest.takenAt, () => undefined);
}

async function refsOf(store: SnapshotStore, process: string): Promise<SnapshotRef[]> {
  const refs: SnapshotRef[] = [];
  for await (const ref of store.list(process)) refs.push(ref);
  return refs;
}
