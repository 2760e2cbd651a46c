import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EnvironmentLock } from '../lock.ts';
import type { Subject } from './journal-contract.ts';

/** The contract every `EnvironmentLock` must pass. */
export function describeLock(kind: string, create: () => Promise<Subject<EnvironmentLock>>): void {
  describe(`EnvironmentLock contract: ${kind}`, () => {
    let made: Subject<EnvironmentLock>;
    beforeEach(async () => { made = await create(); });
    afterEach(() => made.dispose());

    it('refuses a second holder and says who has it', async () => {
      await made.subject.acquire('local', 'deployment 1', 0);
      await expect(made.subject.acquire('local', 'deployment 2', 1)).rejects.toMatchObject({
        code: 'deployer/locked', message: expect.stringContaining('deployment 1'),
      });
    });

    it('lets the next one in once it is released', async () => {
      const lease = await made.subject.acquire('local', 'first', 0);
      await lease.release();
      const next = await made.subject.acquire('local', 'second', 1);
      await lease.release(); // late, and not its lock any more
      await expect(made.subject.acquire('local', 'third', 2)).rejects.toMatchObject({ code: 'deployer/locked' });
      await next.release();
    });

    it('tells who holds it, and that nobody does', async () => {
      expect(await made.subject.holder('local')).toBeUndefined();
      const lease = await made.subject.acquire('local', 'first', 7);
      expect(await made.subject.holder('local')).toEqual({ purpose: 'first', host: expect.any(String), pid: expect.any(Number), since: 7 });
      expect(await made.subject.holder('staging')).toBeUndefined();
      await lease.release();
      expect(await made.subject.holder('local')).toBeUndefined();
    });

    it('holds environments apart', async () => {
      await made.subject.acquire('local', 'first', 0);
      await expect(made.subject.acquire('staging', 'second', 0)).resolves.toBeDefined();
    });

    it('lets exactly one of many in', async () => {
      const tries = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => made.subject.acquire('local', `try ${n}`, n)));
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });
  });
}
