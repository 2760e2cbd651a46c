import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type AoNetwork, type ProcessId, type SignedItem, type Signer } from '@beamline/core';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { launchLocalNetwork, type LaunchedNetwork, type LocalLimits } from '@beamline/ao/local';
import type { Posting } from './post-items.ts';

/** A local network in a folder of its own, and its client. */
export interface BenchNetwork {
  dir: string;
  server: LaunchedNetwork;
  network: AoNetwork;
  /** Ends it without warning, starts it again on the same folder. */
  crash(): Promise<BenchNetwork>;
  dispose(): Promise<void>;
}

export async function openBenchNetwork(limits: LocalLimits = {}, folder?: string): Promise<BenchNetwork> {
  const dir = folder ?? (await mkdtemp(join(tmpdir(), 'beamline-bench-')));
  const server = await launchLocalNetwork({ dir, limits });
  return {
    dir, server,
    network: createHyperbeam({ url: server.url, clock: systemClock }),
    async crash() {
      await server.stop('SIGKILL');
      return openBenchNetwork(limits, dir);
    },
    async dispose() {
      await server.stop('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export const PLAYERS: readonly Signer[] = Array.from({ length: 100 }, (_, i) => ethereumSigner((i + 1).toString(16).padStart(64, '0')));

/**
 * Counts, and keeps what nobody outside sees: `secret` depends on every message and its slot. The action `Root` tells
 * it without changing it.
 */
export const COUNTER = `
local secret = 7
local function note(text)
  for i = 1, #text do secret = (secret * 31 + text:byte(i)) % 2147483647 end
end
function compute(base, req, opts)
  if req.body.action == 'Root' then
    base.results = { output = { data = 'root=' .. secret .. ',' .. (total or 0) } }
    return base
  end
  base.count = (base.count or 0) + 1
  total = (total or 0) + req.slot
  note(req.slot .. (req.body.seq or '') .. (req.body.data or ''))
  base.results = { output = { data = "count=" .. base.count } }
  return base
end`;

export async function spawnProcess(network: AoNetwork, module: string, signer: Signer): Promise<ProcessId> {
  return network.spawn(await network.signProcess(signer, { module, tags: [], data: '1' }));
}

/** Messages before anything is measured: a server that just started compiles as it runs. */
export const WARM_UP = 3_000;

/** As many messages for each process, in turn, signed one after the other by the signers. */
export async function signPostings(network: AoNetwork, processes: readonly ProcessId[], each: number, signers: readonly Signer[] = PLAYERS): Promise<Posting[]> {
  const postings: Posting[] = [];
  for (let i = 0; i < each; i++) {
    for (const process of processes) {
      const tags = [{ name: 'Action', value: 'Move' }, { name: 'Seq', value: String(i) }];
      const item: SignedItem = await network.signMessage(signers[postings.length % signers.length]!, { target: process, tags, data: '{"x":1}' });
      postings.push({ process, item });
    }
  }
  return postings;
}
