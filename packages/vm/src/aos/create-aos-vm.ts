import { createVmPool } from '../pool/vm-pool.ts';
import type { AosVm, AosVmOptions } from './aos-vm.ts';

/**
 * One aos process in a worker of its own.
 * @throws Fault `vm/bad-option`, `vm/bad-image`
 */
export async function createAosVm({ timeLimitMs = 5_000, ...options }: AosVmOptions & { /** Of each message. @default 5_000 */ timeLimitMs?: number }): Promise<AosVm> {
  const pool = createVmPool({ threads: 1, timeLimitMs });
  try {
    const vm = await pool.openAos(options);
    return { ...vm, close: () => vm.close().then(() => pool.close()) };
  } catch (error) {
    await pool.close();
    throw error;
  }
}
