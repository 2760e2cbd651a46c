import { Fault, type Id, type Tag } from '@beamline/core';
import { aosChunk } from './aos/aos-chunk.ts';
import type { Unit } from './units.ts';

/** What becomes of a module in the process that runs it. */
export interface Programs {
  /** Keeps a module's source, which nobody else may ever see. */
  remember(module: Id, source: string): void;
  /** The tags and data of a process of a module. @throws Fault `ao/unknown-module` */
  processOf(module: Id, data: string | Uint8Array, signal?: AbortSignal): Promise<{ tags: Tag[]; data: string | Uint8Array }>;
}

/** Sources kept, the last ones used. */
const KEPT = 64;

/**
 * Without `aosModule` a process names its module. With it, a module that is Lua becomes an aos process that boots with
 * the program: from this client's memory, or from where it was uploaded.
 */
export function createPrograms(aosModule: Id | undefined, gateway: Unit | undefined): Programs {
  const sources = new Map<Id, string>();
  const sourceOf = async (module: Id, signal?: AbortSignal): Promise<string> => {
    const known = sources.get(module) ?? (await gateway?.readText(`/${module}`, signal));
    if (known !== undefined) return known;
    throw new Fault('ao/unknown-module', `the source of module ${module} is not to be had`, {
      hint: 'Sign it with this client, or give gatewayUrl, where it was published.', details: { module },
    });
  };
  return {
    remember(module, source) {
      if (aosModule === undefined) return;
      sources.set(module, source);
      if (sources.size > KEPT) sources.delete(sources.keys().next().value as Id);
    },
    async processOf(module, data, signal) {
      // An empty body is not an item that every bundler takes.
      if (aosModule === undefined || module === aosModule) return { tags: [{ name: 'Module', value: module }], data: data.length === 0 ? ' ' : data };
      const boot = aosChunk(await sourceOf(module, signal));
      return { tags: [{ name: 'Module', value: aosModule }, { name: 'Beamline-Module', value: module }, { name: 'On-Boot', value: 'Data' }], data: boot };
    },
  };
}
