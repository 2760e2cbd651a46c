import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { emptyState } from '../environment-state.ts';
import type { EnvironmentStore } from '../environment-state.ts';
import type { Subject } from './journal-contract.ts';

/** The contract every `EnvironmentStore` must pass. */
export function describeEnvironmentStore(kind: string, create: () => Promise<Subject<EnvironmentStore>>): void {
  describe(`EnvironmentStore contract: ${kind}`, () => {
    let made: Subject<EnvironmentStore>;
    beforeEach(async () => { made = await create(); });
    afterEach(() => made.dispose());

    it('returns what was written, one revision up', async () => {
      const written = await made.subject.write({ ...emptyState('local', 'arena'), release: 'r1' });
      expect(written).toEqual({ ...emptyState('local', 'arena'), release: 'r1', revision: 1 });
      expect(await made.subject.read('local')).toEqual(written);
    });

    it('refuses a write that is not based on what is stored', async () => {
      const first = await made.subject.write(emptyState('local', 'arena'));
      await made.subject.write({ ...first, release: 'theirs' });
      await expect(made.subject.write({ ...first, release: 'mine' })).rejects.toMatchObject({ code: 'deployer/state-conflict' });
      expect((await made.subject.read('local'))?.release).toBe('theirs');
    });

    it('knows nothing of an environment that was never written', async () => {
      expect(await made.subject.read('local')).toBeUndefined();
      expect(await made.subject.list()).toEqual([]);
    });

    it('lists environments by name', async () => {
      for (const name of ['staging', 'local']) await made.subject.write(emptyState(name, 'arena'));
      expect(await made.subject.list()).toEqual(['local', 'staging']);
    });

    it('hands out copies, not its own state', async () => {
      const written = await made.subject.write(emptyState('local', 'arena'));
      (written.modules as Record<string, string>).spoilt = 'yes';
      expect((await made.subject.read('local'))?.modules).toEqual({});
    });
  });
}
