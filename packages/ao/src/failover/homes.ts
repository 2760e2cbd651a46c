import { Fault, isFault } from '@beamline/core';
import type { AoNetwork, ProcessId } from '@beamline/core';

/** Which node each process lives on. */
export interface Homes {
  known(process: ProcessId): AoNetwork | undefined;
  remember(process: ProcessId, network: AoNetwork): void;
  /** Where to write. @throws Fault `ao/unknown-process`, or what a node said that could not be asked and may be it. */
  of(process: ProcessId, signal?: AbortSignal): Promise<AoNetwork>;
  /** Where to read: its home, or while that cannot be asked, a node that holds a copy. @throws like `of` */
  holder(process: ProcessId, signal?: AbortSignal): Promise<AoNetwork>;
}

interface Finding {
  home?: AoNetwork;
  copy?: AoNetwork;
  /** Why a node could not be asked. */
  failure?: unknown;
}

/**
 * A node that merely holds a copy of a process is not its home: the scheduler named in the process itself is.
 * What was found once stays, for processes do not move.
 */
export function createHomes(networks: readonly AoNetwork[]): Homes {
  const found = new Map<ProcessId, AoNetwork>();

  const isHome = async (network: AoNetwork, process: ProcessId, signal?: AbortSignal): Promise<boolean> => {
    const [{ address }, scheduler] = await Promise.all([
      network.node(signal),
      network.schedule(process, { from: 0, to: 0 }, signal)[Symbol.asyncIterator]().next(),
    ]);
    const body = scheduler.done ? undefined : scheduler.value.req['body'];
    return typeof body === 'object' && !Array.isArray(body) && body['scheduler'] === address;
  };

  const find = async (process: ProcessId, signal?: AbortSignal): Promise<Finding> => {
    const finding: Finding = {};
    for (const network of networks) {
      try {
        if (await isHome(network, process, signal)) {
          found.set(process, network);
          return { home: network };
        }
        finding.copy ??= network;
      } catch (error) {
        signal?.throwIfAborted();
        if (!isFault(error, 'ao/unknown-process')) finding.failure ??= error;
      }
    }
    return finding;
  };

  const pick = async (process: ProcessId, mayBeCopy: boolean, signal?: AbortSignal): Promise<AoNetwork> => {
    const known = found.get(process);
    if (known) return known;
    const { home, copy, failure } = await find(process, signal);
    // With all nodes asked, a copy whose scheduler is nobody's address is as good as a home.
    const chosen = home ?? (mayBeCopy || failure === undefined ? copy : undefined);
    if (chosen) return chosen;
    throw failure ?? new Fault('ao/unknown-process', `none of ${networks.length} nodes knows process ${process}`, { details: { process } });
  };

  return {
    known: (process) => found.get(process),
    remember: (process, network) => void found.set(process, network),
    of: (process, signal) => pick(process, false, signal),
    holder: (process, signal) => pick(process, true, signal),
  };
}
