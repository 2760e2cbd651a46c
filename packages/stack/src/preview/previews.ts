import type { DeploymentPlan, DeploymentReport } from '@beamline/deployer';

/** An environment for a while: a local network of its own, with the worlds of another environment as they were. */
export interface Preview {
  version: 1;
  name: string;
  /** Whose worlds it began with. */
  from: string;
  /** Release ids: what that environment ran, and what the preview was made for. */
  base: string;
  release: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  expiresAt: number;
  /** Of its network; absent until it has started. */
  url?: string;
}

export interface PreviewStatus extends Preview {
  running: boolean;
  expired: boolean;
}

export interface PreviewReport {
  preview: Preview;
  /** Instances, the slot up to which each was copied, and its Merkle root. */
  worlds: readonly { instance: string; slot: number; root: string }[];
  /** Absent when it is the release that runs there. */
  plan?: DeploymentPlan;
  deployment?: DeploymentReport;
}

export interface PreviewOptions {
  name: string;
  /** An environment of the config. */
  from: string;
  /** Release id. */
  release: string;
  /** How long it may stay, in milliseconds. @default 24 hours */
  forMs?: number;
  /** Take down one of the same name first. @default false */
  replace?: boolean;
}

/**
 * Preview environments. Each has a folder `<state>/previews/<name>/` of its own; while it is there, the stack knows an
 * environment of that name. Only schedules of the other environment are read, so none of its keys are needed.
 */
export interface Previews {
  /** @throws Fault `stack/bad-name`, `stack/preview-exists`, `stack/no-release`, `stack/preview-failed`, those of `plan` */
  up(options: PreviewOptions, signal?: AbortSignal): Promise<PreviewReport>;
  list(): Promise<readonly PreviewStatus[]>;
  /** Ends its network and deletes its folder. Safe to repeat. @throws Fault `stack/unknown-preview` */
  down(name: string): Promise<void>;
  /** Takes down those whose time is over. @returns their names */
  prune(): Promise<readonly string[]>;
}
