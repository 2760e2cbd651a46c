import type { DeploymentRequests, OperatorRequest } from '../requests.ts';

/** Requests for tests, and for programs that run their deployments themselves. */
export function createMemoryRequests(): DeploymentRequests {
  const posted = new Map<string, OperatorRequest[]>();
  return {
    kind: 'memory',
    async post(deployment, request) {
      posted.set(deployment, [...(posted.get(deployment) ?? []), request]);
    },
    read: async (deployment) => posted.get(deployment) ?? [],
  };
}
