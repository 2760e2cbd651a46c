import type { BackupConfig } from './backup/backup-config.ts';
import type { Condition, Probe, RolloutOptions } from '@beamline/deployer';
import type { Plugin } from '@beamline/bundler';
import type { SizeBudgets } from '@beamline/bundler/analysis';
import type { Migration } from '@beamline/persistence';
import type { Duration } from './duration.ts';
import type { RehearsalConfig } from './rehearsal/rehearsal-config.ts';

/** Where a secret is kept, never the secret itself: `file:./wallet.json`, `env:BEAMLINE_WALLET`. */
export type SecretReference = `file:${string}` | `env:${string}`;

/** One process specialisation of the game. */
export interface RoleConfig {
  /** The role's source, `.ts` or `.lua`, relative to the config's folder. */
  entry: string;
  /** How many processes run this role. @default 1 */
  shards?: number;
  /** Roles whose processes this one sends to. They are deployed first, and each gets a link by its alias. */
  dependsOn?: readonly string[];
  /** What to build. Networks run `lua`; `aos` is the same as a chunk for an aos process; `js` serves simulation and clients. @default ['lua'] */
  targets?: readonly ('lua' | 'aos' | 'js')[];
  /** Components that players' programs read as data, from snapshots or proofs: changes to them are reported. @default [] */
  reads?: readonly string[];
}

/** `local` is started on this machine when first needed and keeps its log beside the environment's state. */
export type NetworkConfig =
  | {
      kind: 'local';
      /** @default a free port, kept for the next start */
      port?: number;
      /** An aos module of yours, relative to the config, and the hash (hex) it must have: aos processes can be spawned from it. */
      aos?: { path: string; sha256?: string };
    }
  | {
      kind: 'hyperbeam';
      /** The node, `http:` or `https:`. */
      url: string;
    }
  | {
      /** Messenger, compute and scheduler units. Names are kept in the environment's folder. */
      kind: 'legacynet';
      muUrl: string;
      cuUrl: string;
      suUrl: string;
      /** Id of the aos module that processes run. */
      aosModule: string;
    };

export interface ServeConfig {
  /** @default 7700 */
  port?: number;
  /** Another address than loopback needs a token. @default '127.0.0.1' */
  host?: string;
  /** Bearer token that the API asks for. @default none, on loopback only */
  token?: SecretReference;
}

/** Snapshots are taken and proved so that a lost process is back in time. */
export interface RecoveryConfig {
  /** How long a recovery may take: it decides how often snapshots are taken. */
  within: Duration;
  /** A snapshot is proved at least so often; every new one is anyway. @default '1h' */
  drillEvery?: Duration;
}

/** What is done once a deployment is complete. */
export interface ProbationConfig {
  /** How long a release is looked at, by the conditions of `analysis`. */
  for: Duration;
  /** @default '30s' */
  every?: Duration;
  /** Take a release back that fails; otherwise it is only reported. @default false */
  rollBack?: boolean;
}

/** Who vouches for releases. */
export interface SigningConfig {
  /** The wallet that `beamline bundle` signs with. @default none: releases are not signed */
  signer?: SecretReference;
  /** Addresses: what none of them has signed is neither deployed nor verified. @default whoever signed, or nobody */
  signers?: readonly string[];
}

/** Who is told of deployments: JSON by POST, signed with HMAC-SHA256 in the header `X-Beamline-Signature`. */
export interface WebhookConfig {
  url: string;
  /** @default nothing is signed */
  secret?: SecretReference;
}

/** Where the roots of worlds are kept on Arweave, signed. On a local network everything has a default: its own archive. */
export interface AnchorConfig {
  /** Of a bundler, which takes items at `<url>/tx`; or a HyperBEAM node's `…/~bundler@1.0/tx?codec-device=ans104@1.0`. */
  upload?: string;
  /** Of an Arweave gateway. */
  gateway?: string;
  /** The wallet that signs anchors and has credit with the bundler. @default the environment's signer */
  signer?: SecretReference;
  /** Addresses whose anchors count. With them, verifying needs no wallet. @default the signer's */
  owners?: readonly string[];
  /** Blocks after which an anchor is final. @default 20; 2 on a local network */
  confirmations?: number;
}

export const strategies = ['blue-green', 'in-place', 'rolling', 'canary'] as const;
export type StrategyName = (typeof strategies)[number];

/** A network, its signer, its stores, its policy. */
export interface EnvironmentConfig {
  network: NetworkConfig;
  /** The wallet that owns the processes. @default for `local`: the network's own, made on first use */
  signer?: SecretReference;
  /** The node operator's wallet, which moves aliases. @default `signer` */
  operator?: SecretReference;
  /** Folder of snapshots, relative to the config. @default `<state>/snapshots` */
  snapshots?: string;
  /** How deployments move players: to new processes beside the old ones, by new code in the ones that run, or either of them batch after batch. @default 'blue-green' */
  strategy?: StrategyName;
  /** Batches of the strategies rolling and canary. @default one instance at a time; a tenth of the shards first */
  rollout?: RolloutOptions;
  /** How long a deployment watches the new processes after their smoke tests. @default 5000 */
  bakeMs?: number;
  /** A release is on probation after its deployment: `beamline serve` goes on looking at it. @default it is not */
  probation?: ProbationConfig;
  /** How often health and counters are read. @default 1000 */
  sampleMs?: number;
  /** Every deployment is rehearsed before, and does not begin when that fails. Going back to what ran here is not. @default only when asked for */
  rehearsal?: RehearsalConfig;
  serve?: ServeConfig;
  /** Done by `beamline serve`. @default nothing is done by itself */
  recovery?: RecoveryConfig;
  /** Where copies of snapshots and state are kept, and for how long: `beamline backup`. */
  backup?: BackupConfig;
  anchor?: AnchorConfig;
  /** Told when a deployment starts, goes on and ends. Neither delays nor fails one. */
  webhook?: WebhookConfig;
}

/** The single source of truth about a game: `export default defineConfig({ … })` in `beamline.config.ts`. */
export interface BeamlineConfig {
  /** Lower-case letters, digits, hyphens; part of every alias. */
  game: string;
  /** The game's own version, shown beside the release id. */
  version: string;
  roles: Readonly<Record<string, RoleConfig>>;
  environments: Readonly<Record<string, EnvironmentConfig>>;
  /** Limits by role, system (with what only it needs) and module: `{ maxBytes, maxGrowthPercent }`. What exceeds one stops the build. */
  budgets?: SizeBudgets & {
    /** A larger Lua bundle stops the build. @default 500000 */
    bundleBytes?: number;
    /** A larger Lua bundle is reported. @default 102400 */
    warnBytes?: number;
    /** Accepted sizes that growth is measured against; belongs into version control. @default 'sizes.lock.json' */
    baseline?: string;
  };
  /**
   * Layout changes on the way to this version, as `migration({ id, … })` of `@beamline/persistence` builds them: numbers
   * grow along the list, and what was released stays as it is.
   */
  migrations?: readonly Migration[];
  /** Of the bundler, in order: `yaml()` and `csv()` of `@beamline/bundler/plugins`, or your own. @default [] */
  plugins?: readonly Plugin[];
  /** Looked at before the fence, while nothing has happened to anybody: one sentence per problem stops the deployment. */
  checks?: readonly Probe[];
  /** What processes of a new release must fulfil while they are watched. @default errors at most twice what they were, at most 64 slots behind */
  analysis?: readonly Condition[];
  /**
   * Run against the new processes once they serve: one sentence per problem takes the deployment back. Rehearsals run them
   * before, on a throw-away network, with `phase: 'fork'`.
   */
  smoke?: readonly Probe[];
  /** Keeps the ids of components and fields; belongs into version control. @default 'world.lock' */
  lock?: string;
  /** Recorded messages that `beamline bundle --verify` replays: `beamline record` writes them. @default 'messages.ndjson' */
  messages?: string;
  signing?: SigningConfig;
  /** Folder of everything Beamline keeps, one sub-folder per environment, relative to the config. @default '.beamline' */
  state?: string;
}

/** Gives editors the type; returns its argument unchanged. `loadConfig` and `createStack` validate. */
export function defineConfig<const C extends BeamlineConfig>(config: C): C {
  return config;
}
