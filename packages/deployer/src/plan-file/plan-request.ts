import { flag, matching, object, oneOf, optional, text, both, either, type Shape } from './shape.ts';

/** What somebody asked to be planned. The same request gives the same plan as long as nothing has changed. */
export type PlanRequest = DeployRequest | RollbackRequest;

interface Choice {
  /** @default the environment's */
  strategy?: string;
}

export interface DeployRequest extends Choice {
  way: 'deploy';
  release: string;
}

export interface RollbackRequest extends Choice {
  way: 'rollback';
  /** Release to go back to. @default the one before */
  to?: string;
  /** Code alone, in place: nothing may have happened to the layout. */
  codeOnly?: boolean;
}

const release = matching(/^[0-9a-f]{64}$/, 'the id of a release');
const strategy = optional(both(text, matching(/^[a-z][a-z0-9-]{0,63}$/, 'the name of a strategy')));

export const requestShape: Shape = either(({ way }) => (way === 'rollback'
  ? object<RollbackRequest>({ way: oneOf('rollback'), strategy, to: optional(release), codeOnly: optional(flag) })
  : object<DeployRequest>({ way: oneOf('deploy'), strategy, release })));
