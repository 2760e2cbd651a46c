import { parseItem } from '../../ans104/parse.ts';
import { verifyItem } from '../../ans104/verify.ts';
import { refusal } from '../answer-fault.ts';
import { ok, type UnitReply } from '../legacy/reply.ts';
import type { LocalNode } from '../node.ts';

/** Bundlers promise a place in a block before so many more were mined. */
const DEADLINE_BLOCKS = 200;

/**
 * `POST /tx` of a bundler: the signature is verified, the item durable before the receipt is written. What was taken
 * before is answered 202. Modules and processes of legacynet become known to the node as well.
 */
export async function takeUpload(node: LocalNode, body: Buffer): Promise<UnitReply> {
  const item = parseItem(body);
  if (!(await verifyItem(item))) throw refusal(400, 'ao/bad-signature', 'Data item is not valid');
  const { archive } = node;
  const before = archive.get(item.id) !== undefined;
  await archive.add(item, body);
  const type = item.tags.find(({ name }) => name.toLowerCase() === 'type')?.value;
  if (type === 'Module' || type === 'Process') await node.spawn(item, body).durable;
  const receipt = {
    id: item.id, timestamp: archive.get(item.id)!.uploadedAt, winc: '0', version: '0.2.0', deadlineHeight: archive.height() + DEADLINE_BLOCKS,
    dataCaches: ['local'], fastFinalityIndexes: ['local'],
  };
  return ok(receipt, before ? 202 : 200);
}
