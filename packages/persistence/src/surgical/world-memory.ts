import { tableNamed, type WorldImage } from '../world-image.ts';
import type { WorldEdit } from './edit-world.ts';

/*
 * What was done to a world from outside is written into the world itself, as one more sender whose messages were
 * applied: so it is remembered if and only if it is there, and goes where the state goes, through snapshots, migrations
 * and successors. No sender can have such a key: theirs are addresses and ids, without a slash. The number stands where
 * a sender's highest sequence number does.
 */
const TABLE = '$senders';

/** A file of entities was taken in. */
export const importKey = (file: string): string => `import/${file}`;
/** An entity was made again, under the handle that is remembered. */
export const revivalKey = (entity: number): string => `revived/${entity}`;

/** Nothing, in worlds without a kernel. */
export function recall(image: WorldImage, key: string): number | undefined {
  const senders = tableNamed(image, TABLE);
  const row = (senders?.data[0] as readonly string[] | undefined)?.lastIndexOf(key) ?? -1; // of several, the newest counts
  return row < 0 ? undefined : senders!.data[1]![row] as number;
}

/** Does nothing in worlds without a kernel. */
export function remember(edit: WorldEdit, image: WorldImage, key: string, value: number): void {
  const senders = tableNamed(image, TABLE);
  if (senders === undefined) return;
  edit.append(TABLE, senders.columns.map(({ kind, name }) => (kind === 'str' ? key : name === 'high' ? value : 0)));
}
