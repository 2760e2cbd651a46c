import { Fault } from '@beamline/core';

export interface LocalLimits {
  /** @default 67_108_864 (64 MB). Larger bodies are answered 413. */
  bodyBytes?: number;
  /** One slot of one process; beyond it the process is bricked. @default 5_000 */
  computeMs?: number;
  /** Lua memory of one process. @default 268_435_456 (256 MB) */
  memoryBytes?: number;
  /** Results and states of so many recent slots can be read; older ones answer 500. @default 512 */
  recentSlots?: number;
  /** … and no more than so many bytes of results per process. @default 134_217_728 (128 MB) */
  recentBytes?: number;
  /** Slots handed to the Lua worker at a time. @default 64 */
  batchSlots?: number;
  /** HTTP requests answered; those beyond get 429 with `retry-after`. As many may come at once. @default 0, which is no limit */
  requestsPerSecond?: number;
  /** How deep processes may push each other for one message. @default 64 */
  pushDepth?: number;
  /** Dry runs of legacynet's CU, for each address; the public one allows 6. @default 0, which is no limit */
  dryRunsPerMinute?: number;
  /** Between two blocks of the archive behind `/gw`; Arweave's take about 120_000. @default 1_000 */
  blockMs?: number;
  /** The log goes on in a new file beyond this, and the full one is compressed and indexed. @default 16_777_216 (16 MB) */
  logPartBytes?: number;
}

export const DEFAULT_LIMITS: Required<LocalLimits> = {
  bodyBytes: 64 * 1024 * 1024,
  computeMs: 5_000,
  memoryBytes: 256 * 1024 * 1024,
  recentSlots: 512,
  recentBytes: 128 * 1024 * 1024,
  batchSlots: 64,
  pushDepth: 64,
  requestsPerSecond: 0,
  dryRunsPerMinute: 0,
  blockMs: 1_000,
  logPartBytes: 16 * 1024 * 1024,
};

/**
 * Limits given as text: `computeMs=2000,requestsPerSecond=50`.
 * @throws Fault `ao/bad-limit` naming what is no limit.
 */
export function parseLimits(text: string): LocalLimits {
  const limits: Record<string, number> = {};
  for (const part of text.split(',').filter((each) => each !== '')) {
    const [name = '', value = ''] = part.split('=');
    if (!Object.hasOwn(DEFAULT_LIMITS, name) || !/^\d{1,12}$/.test(value)) {
      throw new Fault('ao/bad-limit', `"${part}" is no limit`, { hint: `Write name=number; the names are ${Object.keys(DEFAULT_LIMITS).join(', ')}.` });
    }
    limits[name] = Number(value);
  }
  return limits;
}
