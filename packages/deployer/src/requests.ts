/** What a person asks of a deployment that somebody else may be carrying out. */
export type OperatorRequest = { at: number; by: string; reason?: string } & (
  /** Begin nothing more that can wait; a cut-over that has begun is finished. */
  | { ask: 'pause' }
  | { ask: 'continue' }
  /** Go on where a person has to agree: one for each such place. */
  | { ask: 'promote' }
  /** Keep what is stuck because it failed its tests, without testing it again. */
  | { ask: 'accept' }
  /** Back to the old release. */
  | { ask: 'abort' }
);

/**
 * Where requests are left for whoever carries out a deployment, now or later.
 *
 * Contract (checked by `describeRequests` in `@beamline/deployer/testing`): `post` resolves once the request survives a
 * crash of the machine; `read` gives all of a deployment's, in the order they were posted, to every reader, at any time.
 */
export interface DeploymentRequests {
  readonly kind: string;
  post(deployment: string, request: OperatorRequest): Promise<void>;
  read(deployment: string): Promise<readonly OperatorRequest[]>;
}

/** The last word counts. */
export const isPaused = (requests: readonly OperatorRequest[]): boolean =>
  requests.findLast(({ ask }) => ask === 'pause' || ask === 'continue')?.ask === 'pause';

export const isAccepted = (requests: readonly OperatorRequest[]): boolean => requests.some(({ ask }) => ask === 'accept');

export const promotions = (requests: readonly OperatorRequest[]): number => requests.filter(({ ask }) => ask === 'promote').length;

/** Why it is to be aborted; absent when nobody wants that. */
export function abortReason(requests: readonly OperatorRequest[]): string | undefined {
  const abort = requests.find(({ ask }) => ask === 'abort');
  return abort === undefined ? undefined : `aborted by ${abort.by}${abort.reason === undefined ? '' : `: ${abort.reason}`}`;
}
