export { createArweave, type ArweaveClient, type ArweaveOptions } from './arweave/create-arweave.ts';
export type { FoundItem, ItemQuery } from './arweave/find.ts';
export type { ArweaveItem } from './arweave/item.ts';
export type { ItemStatus } from './arweave/status.ts';
