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
  /** What to build. The network runs `lua`; `js` serves simulation and clients. @default ['lua'] */
  targets?: readonly ('lua' | 'js')[];
}

/** `local` is started on this machine when first needed and keeps its log beside the environment's state. */
export type NetworkConfig =
  | {
      kind: 'local';
      /** @default a free port, kept for the next start */
      port?: number;
    }
  | {
      kind: 'hyperbeam';
      /** The node, `http:` or `https:`. */
      url: string;
    };

export interface ServeConfig {
  /** @default 7700 */
  port?: number;
  /** Another address than loopback needs a token. @default '127.0.0.1' */
  host?: string;
  /** Bearer token that the API asks for. @default none, on loopback only */
  token?: SecretReference;
}

/** A network, its signer, its stores, its policy. */
export interface EnvironmentConfig {
  network: NetworkConfig;
  /** The wallet that owns the processes. @default for `local`: one made on first use in the state folder */
  signer?: SecretReference;
  /** Folder of snapshots, relative to the config. @default `<state>/snapshots` */
  snapshots?: string;
  /** How long a deployment watches the new processes before it calls itself done. @default 5000 */
  bakeMs?: number;
  /** How often health and counters are read. @default 1000 */
  sampleMs?: number;
  serve?: ServeConfig;
}

/** A layout change between two versions, as `migration(…)` of `@beamline/persistence` builds it. */
export interface MigrationConfig {
  readonly name: string;
  readonly from: { readonly role: string };
  readonly steps: readonly object[];
}

/** The single source of truth about a game: `export default defineConfig({ … })` in `beamline.config.ts`. */
export interface BeamlineConfig {
  /** Lower-case letters, digits, hyphens; part of every alias. */
  game: string;
  /** The game's own version, shown beside the release id. */
  version: string;
  roles: Readonly<Record<string, RoleConfig>>;
  environments: Readonly<Record<string, EnvironmentConfig>>;
  budgets?: {
    /** A larger Lua bundle stops the build. @default 500000 */
    bundleBytes?: number;
    /** A larger Lua bundle is reported. @default 102400 */
    warnBytes?: number;
  };
  migrations?: readonly MigrationConfig[];
  /** Folder of everything Beamline keeps, one sub-folder per environment, relative to the config. @default '.beamline' */
  state?: string;
}

/** Gives editors the type; returns its argument unchanged. `loadConfig` and `createStack` validate. */
export function defineConfig<const C extends BeamlineConfig>(config: C): C {
  return config;
}
