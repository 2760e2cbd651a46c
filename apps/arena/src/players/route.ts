import type { AoNetwork, Clock, ProcessId, Slot } from '@beamline/core';

/** Where messages for an alias go now. Shared by all players, so that one look-up serves everybody. */
export interface Route {
  readonly alias: string;
  /** The process to sign for. Waits while nobody serves. */
  process(signal?: AbortSignal): Promise<ProcessId>;
  /** Asks for the alias again before the next message: the process said it moved, or does not exist. */
  refresh(): void;
  /** The process schedules but does not compute: nobody signs for it until the alias moves or it catches up. */
  stuck(process: ProcessId, slot: Slot): void;
}

export interface RouteOptions {
  network: AoNetwork;
  alias: string;
  clock: Clock;
  /** @default network.resolve */
  resolve?: (alias: string, signal?: AbortSignal) => Promise<ProcessId | undefined>;
  /** Pause between looks while nobody serves. @default 200 */
  pollMs?: number;
}

export function createRoute({ network, alias, clock, resolve = (name, signal) => network.resolve(name, signal), pollMs = 200 }: RouteOptions): Route {
  let known: ProcessId | undefined;
  let blocked: { process: ProcessId; slot: Slot } | undefined;
  let looking: Promise<ProcessId> | undefined;

  async function look(signal?: AbortSignal): Promise<ProcessId> {
    for (;;) {
      const found = await resolve(alias, signal).catch(() => undefined);
      if (found !== undefined && !(await isBlocked(found, signal))) {
        blocked = undefined;
        return (known = found);
      }
      await clock.sleep(pollMs, signal);
    }
  }

  async function isBlocked(process: ProcessId, signal?: AbortSignal): Promise<boolean> {
    if (blocked?.process !== process) return false;
    const computed = await network.slots(process, signal).then((slots) => slots.computed, () => -1);
    return computed < blocked.slot;
  }

  return {
    alias,
    process(signal) {
      if (known !== undefined) return Promise.resolve(known);
      looking ??= look(signal).finally(() => {
        looking = undefined;
      });
      return looking;
    },
    refresh() {
      known = undefined;
    },
    stuck(process, slot) {
      if (blocked?.process !== process || slot > blocked.slot) blocked = { process, slot };
      if (known === process) known = undefined;
    },
  };
}
