import { resolve } from 'node:path';
import { loadSigner } from '@beamline/ao';
import { createArweave } from '@beamline/ao/arweave';
import type { Clock } from '@beamline/core';
import { createArweaveBucket, createBucketStore, createEncryptedBucket, permanentStore, sealKey, type Bucket, type KeyRing, type NamedStore } from '@beamline/persistence';
import { createFsBucket } from '@beamline/persistence/fs';
import { createS3Bucket } from '@beamline/persistence/s3';
import type { SecretReference } from '../config.ts';
import { absoluteReference, readSecret, type SecretPlaces } from '../secret.ts';
import type { BackupConfig, BackupStoreConfig } from './backup-config.ts';
import { storeNames } from './backup-problems.ts';

/** A backup store, and the bucket it lies in, for what goes with the snapshots. */
export interface BackupStore extends NamedStore {
  bucket: Bucket;
}

export interface OpenBackupStoresOptions extends SecretPlaces {
  config: BackupConfig;
  clock: Clock;
}

/** Nothing is connected yet. @throws Fault `stack/no-secret`, `persistence/bad-key`, those of `loadSigner` */
export async function openBackupStores({ config, clock, ...places }: OpenBackupStoresOptions): Promise<readonly BackupStore[]> {
  const keys = await backupKeys(config, places);
  const names = storeNames(config.stores);
  return Promise.all(config.stores.map(async (each, n) => {
    const plain = await bucketOf(each, clock, places);
    const bucket = keys === undefined ? plain : createEncryptedBucket({ bucket: plain, keys });
    const store = createBucketStore(bucket);
    return { name: names[n]!, bucket, store: 'arweave' in each ? permanentStore(store) : store };
  }));
}

/** The keys of stores and archives; `undefined`: they are not encrypted. @throws Fault `stack/no-secret`, `persistence/bad-key` */
export async function backupKeys({ encryption }: BackupConfig, places: SecretPlaces): Promise<KeyRing | undefined> {
  if (encryption === undefined) return undefined;
  const key = async (reference: SecretReference) => sealKey(await readSecret(reference, places));
  return [await key(encryption.key), ...await Promise.all((encryption.previous ?? []).map(key))];
}

async function bucketOf(store: BackupStoreConfig, clock: Clock, places: SecretPlaces): Promise<Bucket> {
  if ('arweave' in store) {
    const { upload, gateway, signer, scope } = store.arweave;
    const arweave = createArweave({ uploadUrl: upload, gatewayUrl: gateway, clock });
    return createArweaveBucket({ arweave, signer: await loadSigner(absoluteReference(signer, places.root)), clock, scope });
  }
  if (!('s3' in store)) return createFsBucket({ root: resolve(places.root, store.fs) });
  const { accessKey, secretKey, ...where } = store.s3;
  const [accessKeyId, secretAccessKey] = [await readSecret(accessKey, places), await readSecret(secretKey, places)];
  return createS3Bucket({ ...where, credentials: { accessKeyId, secretAccessKey }, clock });
}
