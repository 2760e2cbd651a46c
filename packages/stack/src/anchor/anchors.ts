import { Fault, isFault, type Clock, type Id, type Signer } from '@beamline/core';
import type { EnvironmentState, InstanceId } from '@beamline/deployer';
import {
  anchorSnapshot, copySnapshot, createArweaveStore, findAnchors, followAnchor, formatRef, parseRef, prove, readProofClaims, rootByReplay, verifyAnchor, verifyProof,
  type AnchorLedger, type AnchorVerdict, type Proved, type SnapshotRef, type SnapshotStore, type Standing,
} from '@beamline/persistence';
import { recordOf } from '../environment/restore-instance.ts';
import type { SnapshotTaken } from '../environment/take-snapshots.ts';
import type { Connection } from '../network/connect.ts';
import type { ReleaseShelf } from '../release-shelf.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { OpenArweave } from './open-arweave.ts';

export interface AnchorTaken {
  instance: InstanceId;
  anchor: Id;
  snapshot: string;
  slot: number;
  root: string;
  /** Absent in the first of a chain. */
  previous?: Id;
  status: Standing;
  /** Added to Arweave beside the anchor, when the snapshot went along. */
  snapshotBytes?: number;
}

export interface AnchorOptions {
  /** Waits until every anchor is final. @default false: until a bundler has it */
  wait?: boolean;
  /** Puts the snapshot on Arweave as well, where everybody can read it. @default false */
  withSnapshot?: boolean;
}

export interface ProofTaken extends Proved {
  file: Uint8Array;
  pageBytes: number;
}

/** Roots of an environment's instances on Arweave. */
export interface Anchors {
  /** Anchors snapshots that were just taken, each after the anchor before it in its instance's chain. */
  anchor(taken: readonly SnapshotTaken[], options?: AnchorOptions, signal?: AbortSignal): Promise<readonly AnchorTaken[]>;
  /** From Arweave alone; compared with the snapshot where one is at hand or on Arweave, with `replay` also with the schedule. */
  verify(id: Id, options?: { snapshot?: string; replay?: boolean }, signal?: AbortSignal): Promise<AnchorVerdict>;
  /** @default of the last anchored snapshot, or else the newest */
  prove(instance: InstanceId, entity: number, component: string, options?: { snapshot?: string }, signal?: AbortSignal): Promise<ProofTaken>;
  /** Against a root, or the anchor that the proof names. */
  verifyProof(file: Uint8Array, options?: { root?: string }, signal?: AbortSignal): Promise<Proved & { anchored?: AnchorVerdict }>;
}

export interface AnchorsOptions {
  environment: string;
  game: string;
  store: SnapshotStore;
  /** Of this environment; a chain is named as its instance. */
  ledger: AnchorLedger;
  events: Timeline;
  clock: Clock;
  releases: ReleaseShelf;
  state(): Promise<EnvironmentState>;
  connection(): Promise<Connection>;
  arweave(): Promise<OpenArweave>;
}

export function createAnchors({ environment, game, store, ledger, events, clock, releases, state, connection, arweave: open }: AnchorsOptions): Anchors {

  async function remote({ arweave, owners }: OpenArweave, signer?: Signer): Promise<SnapshotStore> {
    return createArweaveStore({ arweave, owners: await owners(), clock, scope: `${game}/${environment}`, ...(signer && { signer }) });
  }

  async function publish(at: OpenArweave, ref: SnapshotRef, signal?: AbortSignal): Promise<number> {
    const to = { name: 'arweave', store: await remote(at, await at.signer()) };
    return (await copySnapshot({ from: [{ name: 'local', store }], to, ref }, signal)).bytes;
  }

  async function anchorOne(at: OpenArweave, { instance, ref }: SnapshotTaken, { wait = false, withSnapshot = false }: AnchorOptions, signal?: AbortSignal): Promise<AnchorTaken> {
    const { arweave } = at;
    const current = await state();
    const { release, bundle } = recordOf(current, instance);
    const module = current.modules[bundle];
    const copied = withSnapshot ? await publish(at, ref, signal) : undefined;
    const { id, anchor } = await anchorSnapshot({
      arweave, signer: await at.signer(), owners: await at.owners(), ledger, store, clock, chain: instance, ref, release, ...(module !== undefined && { module }),
    }, signal);
    const status = wait
      ? (await followAnchor({ arweave, ledger, clock, chain: instance, everyMs: 1_000 }, signal)).status
      : await arweave.status(id, signal);
    events.publish({ kind: 'note', level: 'info', text: `Anchored ${instance} at slot ${anchor.slot} as ${id}` });
    return {
      instance, anchor: id, snapshot: formatRef(ref), slot: anchor.slot, root: anchor.root, status,
      ...(anchor.previous && { previous: anchor.previous.id }), ...(copied !== undefined && { snapshotBytes: copied }),
    };
  }

  /** The anchor of a snapshot, if anybody knows one. A proof without it must be checked against a root. */
  async function anchorOf(instance: InstanceId, ref: SnapshotRef, signal?: AbortSignal): Promise<Id | undefined> {
    const last = await ledger.read(instance);
    if (last?.anchor.snapshot === ref.sha256) return last.item.id;
    try {
      const { arweave, owners } = await open();
      const found = await findAnchors({ arweave, owners: await owners() }, { Process: [ref.process] }, signal);
      return found.find(({ anchor }) => anchor.snapshot === ref.sha256)?.id;
    } catch (error) {
      if (isFault(error)) return undefined;
      throw error;
    }
  }

  async function refFor(instance: InstanceId, snapshot: string | undefined): Promise<SnapshotRef> {
    if (snapshot !== undefined) return parseRef(snapshot);
    const { process } = recordOf(await state(), instance);
    const last = await ledger.read(instance);
    let newest: SnapshotRef | undefined;
    for await (const ref of store.list(process)) {
      newest = ref;
      if (ref.sha256 === last?.anchor.snapshot) return ref;
    }
    if (newest !== undefined) return newest;
    throw new Fault('stack/no-snapshot', `there is no snapshot of ${instance}`, { hint: `Take one: beamline anchor ${environment} --instance ${instance}` });
  }

  async function replayOf(anchor: { process: string; slot: number; role: string; release?: string }, signal?: AbortSignal): Promise<string> {
    const { release = (await state()).release ?? '', role } = anchor;
    return rootByReplay((await connection()).network, { code: await releases.lua(release, role) }, anchor, signal);
  }

  const verify: Anchors['verify'] = async (id, { snapshot, replay = false } = {}, signal) => {
    const at = await open();
    return verifyAnchor({
      arweave: at.arweave, owners: await at.owners(), id, stores: [store, await remote(at)],
      ...(snapshot !== undefined && { snapshot: parseRef(snapshot) }), ...(replay && { replay: replayOf }),
    }, signal);
  };

  return {
    verify,

    async anchor(taken, options = {}, signal) {
      const at = await open();
      const anchored: AnchorTaken[] = [];
      for (const each of taken) anchored.push(await anchorOne(at, each, options, signal));
      return anchored;
    },

    async prove(instance, entity, component, { snapshot } = {}, signal) {
      const ref = await refFor(instance, snapshot);
      const anchor = await anchorOf(instance, ref, signal);
      const { file, root, pageBytes } = await prove({ store, ref, entity, component, ...(anchor !== undefined && { anchor }) });
      return { ...(await checked(file, { root })), file, pageBytes };
    },

    async verifyProof(file, { root } = {}, signal) {
      if (root !== undefined) return checked(file, { root });
      const { anchor } = readProofClaims(file);
      if (anchor === '') {
        throw new Fault('stack/not-anchored', 'the proof names no anchor', { hint: 'Give the root it must be checked against: --root <hex>.' });
      }
      const verdict = await verify(anchor, {}, signal);
      const { process, slot, root: anchored } = verdict.chain.at(-1)!.anchor;
      return { ...(await checked(file, { root: anchored, process, slot, anchor })), anchored: verdict };
    },
  };
}

/** @throws Fault `stack/not-proved` */
async function checked(file: Uint8Array, expected: Partial<Proved> & { root: string }): Promise<Proved> {
  return verifyProof(file, expected).catch((cause: unknown) => {
    throw new Fault('stack/not-proved', cause instanceof Error ? cause.message : String(cause), {
      hint: 'The file was changed, or belongs to another world.', cause,
    });
  });
}
