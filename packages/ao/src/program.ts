import { Fault, type AoMap, type AoNetwork, type Assignment, type Id, type ProcessId } from '@beamline/core';
import { sourceOfChunk } from './legacynet/aos/aos-chunk.ts';

/** What a process began with, as the network shows it. */
export interface Program {
  /** The process message. */
  genesis: Assignment;
  /** Modules it names, in order: their sources run one after another. */
  modules: readonly Id[];
  source: string;
}

/**
 * Fetches the Lua of a process: of the modules that its process message names, or, on aos, of the chunk it boots from.
 * @throws Fault `ao/unknown-process`, `ao/no-program` when the network does not show it; those of the network
 */
export async function readProgram(network: Pick<AoNetwork, 'kind' | 'schedule'>, process: ProcessId, signal?: AbortSignal): Promise<Program> {
  const genesis = await firstOf(network, process, signal);
  const body = bodyOf(genesis);
  if (body['beamline-module'] !== undefined) {
    const source = sourceOfChunk(String(body['data'] ?? ''));
    if (source === undefined) throw noProgram(process, 'its data is no chunk that boots a Lua program');
    return { genesis, modules: [String(body['beamline-module'])], source };
  }
  const modules = JSON.stringify(body['module'] ?? '').match(/[\w-]{43}/g) ?? [];
  if (modules.length === 0) throw noProgram(process, 'its process message names no module');
  const sources: string[] = [];
  for (const module of modules) {
    const published = await firstOf(network, module, signal).catch((cause: unknown) => {
      throw noProgram(process, `${network.kind} does not show module ${module}`, cause);
    });
    sources.push(String(bodyOf(published)['data'] ?? ''));
  }
  return { genesis, modules, source: sources.join('\n') };
}

async function firstOf(network: Pick<AoNetwork, 'kind' | 'schedule'>, process: ProcessId, signal?: AbortSignal): Promise<Assignment> {
  for await (const assignment of network.schedule(process, { from: 0, to: 0 }, signal)) return assignment;
  throw new Fault('ao/unknown-process', `${process} has no slot 0 on ${network.kind}`, { details: { process } });
}

function bodyOf({ req }: Assignment): AoMap {
  const body = req['body'];
  return typeof body === 'object' && !Array.isArray(body) ? body : {};
}

function noProgram(process: ProcessId, why: string, cause?: unknown): Fault {
  return new Fault('ao/no-program', `the program of ${process} cannot be read: ${why}`, {
    hint: 'Processes of aos that got their program by Eval, and modules that are binary, cannot be compared with a release.', cause, details: { process },
  });
}
