import type { RetentionPolicy } from '@beamline/persistence';
import type { SecretReference } from '../config.ts';

/** An S3-compatible bucket, which must exist. */
export interface S3StoreConfig {
  /** `https://s3.eu-central-1.amazonaws.com`, `http://127.0.0.1:9000` */
  endpoint: string;
  bucket: string;
  /** Folder inside the bucket. @default '' */
  prefix?: string;
  /** @default 'us-east-1' */
  region?: string;
  accessKey: SecretReference;
  secretKey: SecretReference;
}

/** Arweave: for good, and nothing is ever deleted or pruned. Encrypted, unless everybody may read it. */
export interface ArweaveStoreConfig {
  /** Of a bundler, and of a gateway, as in `anchor`. */
  upload: string;
  gateway: string;
  /** The wallet that pays. Only what it signed counts as a backup. */
  signer: SecretReference;
  /** Keeps games and environments apart: `arena/live`. */
  scope: string;
  /** Not encrypted on purpose. @default false */
  public?: boolean;
}

/** Where backups go: a folder (relative to the config), a bucket, or Arweave. */
export type BackupStoreConfig =
  | {
      /** Known by in reports. @default 'fs', 's3', 'arweave', 'fs-2' … */
      name?: string;
      fs: string;
    }
  | { name?: string; s3: S3StoreConfig }
  | { name?: string; arweave: ArweaveStoreConfig };

export interface BackupConfig {
  stores: readonly BackupStoreConfig[];
  /** How many of the stores must have a backup for it to count. @default 'all' */
  write?: 'all' | number;
  /** Everything in the stores, and archives, is encrypted. @default not */
  encryption?: {
    /** 32 random bytes, as hex or base64. */
    key: SecretReference;
    /** Keys of before a rotation: they read, and write no more. */
    previous?: readonly SecretReference[];
  };
  /** What `beamline backup prune` keeps, per instance; `beamline serve` prunes by itself where `recovery` is asked for. @default everything */
  keep?: RetentionPolicy;
}
