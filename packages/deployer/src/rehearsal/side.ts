import type { AoMap, Assignment, Clock, ProcessId, Slot } from '@beamline/core';
import { mapOf, ownerMessage } from '@beamline/kernel/operator';
import { imageOfSnapshot, indexOfSnapshot, openOfflineProcess, restoreImage, type OfflineProcessOptions, type WorldImage } from '@beamline/persistence';
import type { Vm } from '@beamline/vm';
import { withoutUnread } from './entry.ts';

export interface SideOptions extends Pick<OfflineProcessOptions, 'code' | 'chunkName' | 'profile' | 'metered' | 'timeLimitMs'> {
  /** Slot 0 of the process it stands in for. */
  genesis: Assignment;
  /** Which release the process says it runs. */
  release: string;
  /** The state it begins with, of the layout of its code. */
  image: WorldImage;
  /** Whose forwards it accepts. */
  acceptFrom: readonly ProcessId[];
  /** Time of the state, milliseconds since 1970. */
  at: number;
}

/** After which message somebody looks at the state. */
export interface Moment {
  slot: Slot;
  timestamp: number;
}

/** One of the two releases: a process off the network, active, with the state restored into it. */
export interface Side {
  vm: Vm;
  /** Of the world, as the kernel keeps it. */
  digest(after: Moment): Promise<string>;
  image(after: Moment): Promise<WorldImage>;
  close(): Promise<void>;
}

/** Later than any slot: an index without pages. */
const NO_PAGES = Number.MAX_SAFE_INTEGER;

/** Brought up as the deployer brings up a new process: restored in standby by the kernel's own operations, then activated. */
export async function openSide({ genesis, release, image, acceptFrom, at, ...program }: SideOptions, signal?: AbortSignal): Promise<Side> {
  // Every message gets a copy of the process message: what nobody reads of it is best left out.
  const { body, ...req } = withoutUnread(genesis.req);
  const copy = await openOfflineProcess({
    ...program, genesis: { ...genesis, req: { ...req, body: { ...mapOf(body), 'beamline-release': release } } }, clock: standing(at),
  });
  const { vm, operator, process, definition } = copy;
  try {
    await restoreImage({ operator, image, process }, signal);
    await operator.activate(process, { acceptFrom }, signal);
  } catch (error) {
    await copy.close();
    throw error;
  }

  /**
   * Asked for, as an owner would: it changes counters and no world, and both sides are asked alike. A look that leaves no
   * trace takes an image of the whole memory each time.
   */
  async function snapshot({ slot, timestamp }: Moment, tags: Record<string, string>): Promise<AoMap> {
    const environment = definition['beamline-environment'];
    const asked = await vm.compute(ownerMessage(definition, {
      slot, timestamp,
      tags: { action: 'Beamline.Snapshot', protocol: '1', issued: String(timestamp), ...(environment !== undefined && { environment: String(environment) }), ...tags },
    }));
    return asked.ok ? (asked.results ?? {}) : { output: { outcome: 'error', code: asked.message } };
  }

  return {
    vm,
    digest: async (after) => indexOfSnapshot(after.slot, await snapshot(after, { since: String(NO_PAGES) })).digest,
    image: async (after) => imageOfSnapshot(after.slot, await snapshot(after, {})),
    close: () => copy.close(),
  };
}

const standing = (at: number): Clock => ({ now: () => at, sleep: async () => undefined });
