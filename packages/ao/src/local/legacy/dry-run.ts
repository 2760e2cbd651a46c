import type { AoMap, Clock, Slot } from '@beamline/core';
import { createVm, replay, type Vm } from '@beamline/vm';
import { refusal } from '../answer-fault.ts';
import { openAosCopy } from '../aos/aos-machine.ts';
import { aosModuleOf, isWasmModule } from '../aos/aos-modules.ts';
import { initialBase } from '../base.ts';
import type { LocalNode } from '../node.ts';
import type { LocalProcess } from '../process.ts';
import { failedResult, resultOf, type CuResult } from './cu-result.ts';
import { mapOf } from './scheduled.ts';

type Runner = Pick<Vm, 'apply' | 'peek' | 'close'>;

interface Copy {
  vm: Promise<Runner>;
  next: Slot;
  state: AoMap;
  busy: Promise<unknown>;
}

interface DryMessage {
  Id?: string;
  Owner?: string;
  Data?: unknown;
  Tags?: { name: string; value: string }[];
}

/** Copies that are kept; each holds a VM of its own. */
const KEPT = 8;

/**
 * Runs messages that leave nothing behind. Each process that is asked has a copy, brought up to date by replay; the
 * message is computed there and undone.
 */
export function createDryRuns(node: LocalNode, clock: Clock) {
  const copies = new Map<LocalProcess, Copy>();

  const open = async ({ body, id }: LocalProcess): Promise<Runner> => {
    const { computeMs: timeLimitMs, memoryBytes: memoryLimitBytes } = node.limits;
    const moduleId = String(body['module']);
    const module = await node.message(moduleId);
    if (isWasmModule(module)) return openAosCopy({ id, body, moduleId, module, aos: aosModuleOf(moduleId, module), timeLimitMs, memoryLimitBytes });
    const code = module?.['data'];
    if (typeof code !== 'string') throw refusal(500, 'ao/unknown-module', `${id} runs a module that is not on this node`);
    return createVm({ code, base: initialBase(body), timeLimitMs, memoryLimitBytes });
  };

  const copyOf = (process: LocalProcess): Copy => {
    let copy = copies.get(process);
    if (!copy) {
      copy = { vm: open(process), next: 0, state: {}, busy: Promise.resolve() };
      copies.set(process, copy);
      for (const [other, { vm }] of copies) {
        if (copies.size <= KEPT) break;
        copies.delete(other);
        void vm.then((old) => old.close(), () => undefined);
      }
    }
    return copy;
  };

  const run = async (process: LocalProcess, body: Buffer): Promise<CuResult> => {
    const message = readMessage(body);
    const copy = copyOf(process);
    const compute = async (): Promise<CuResult> => {
      const vm = await copy.vm.catch((error: unknown) => {
        copies.delete(process);
        throw error;
      });
      const last = process.schedule.last();
      async function* missing() {
        for (let slot = copy.next; slot <= last; slot++) {
          const req = await process.schedule.assignment(slot);
          yield { slot, timestamp: Number(req['timestamp']), req };
        }
      }
      const { slot, failure } = await replay(vm, missing());
      copy.next = Math.max(copy.next, slot + 1);
      if (failure) return failedResult(failure.message);
      const shown = await vm.peek(requestOf(process, message, copy.next, clock.now()));
      return shown.ok ? resultOf({ results: shown.results, state: shown.changed }) : failedResult(shown.message);
    };
    const done = copy.busy.then(compute);
    copy.busy = done.catch(() => undefined);
    return done;
  };

  const close = async () => {
    const all = [...copies.values()];
    copies.clear();
    await Promise.all(all.map(({ vm }) => vm.then((one) => one.close(), () => undefined)));
  };
  return { run, close };
}

/** @throws Fault with status 400 */
function readMessage(body: Buffer): DryMessage {
  try {
    const message = JSON.parse(body.toString('utf8')) as DryMessage;
    if (typeof message === 'object' && message !== null && Array.isArray(message.Tags ?? [])) return message;
  } catch {
    // answered below
  }
  throw refusal(400, 'ao/bad-item', 'the dry run is no message in JSON');
}

/** Unsigned: whoever asks says who the owner is, as on legacynet. */
function requestOf(process: LocalProcess, { Id = '1234', Owner = '1234', Data = '', Tags = [] }: DryMessage, slot: Slot, timestamp: number): AoMap {
  const tags = Object.fromEntries(Tags.map(({ name, value }) => [String(name).toLowerCase(), String(value)]));
  const written = Tags.map(({ name, value }) => ({ name: String(name), value: String(value) }));
  const commitment = {
    'commitment-device': 'ans104@1.0', type: 'rsa-pss-sha256', committer: String(Owner), committed: Object.keys(mapOf(tags)), 'original-tags': written,
  };
  return {
    body: { ...tags, data: String(Data), target: process.id, type: 'Message', commitments: { [String(Id)]: commitment } },
    path: 'compute', process: process.id, slot, timestamp, type: 'Assignment', variant: 'ao.TN.1',
  };
}
