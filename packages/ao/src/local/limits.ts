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
  /** How deep processes may push each other for one message. @default 64 */
  pushDepth?: number;
}

export const DEFAULT_LIMITS: Required<LocalLimits> = {
  bodyBytes: 64 * 1024 * 1024,
  computeMs: 5_000,
  memoryBytes: 256 * 1024 * 1024,
  recentSlots: 512,
  recentBytes: 128 * 1024 * 1024,
  batchSlots: 64,
  pushDepth: 64,
};
