import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeploymentRequests, OperatorRequest } from '../requests.ts';
import type { Subject } from './journal-contract.ts';

const pause = (at: number): OperatorRequest => ({ ask: 'pause', by: 'ann', at });

/** The contract every `DeploymentRequests` must pass. */
export function describeRequests(kind: string, create: () => Promise<Subject<DeploymentRequests>>): void {
  describe(`DeploymentRequests contract: ${kind}`, () => {
    let made: Subject<DeploymentRequests>;
    beforeEach(async () => { made = await create(); });
    afterEach(() => made.dispose());

    it('gives every reader all requests of a deployment in the order they came', async () => {
      for (const at of [1, 2, 3]) await made.subject.post('first', pause(at));
      await made.subject.post('second', { ask: 'abort', by: 'bob', reason: 'lunch', at: 4 });
      for (let reader = 0; reader < 2; reader += 1) expect(await made.subject.read('first')).toEqual([pause(1), pause(2), pause(3)]);
      expect(await made.subject.read('second')).toEqual([{ ask: 'abort', by: 'bob', reason: 'lunch', at: 4 }]);
    });

    it('loses none of several posted at once', async () => {
      await Promise.all(Array.from({ length: 12 }, (_, at) => made.subject.post('first', pause(at))));
      expect((await made.subject.read('first')).map(({ at }) => at).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, at) => at));
    });

    it('has nothing for a deployment that nobody spoke of', async () => {
      expect(await made.subject.read('first')).toEqual([]);
    });
  });
}
