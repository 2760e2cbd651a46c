import { hash } from 'node:crypto';
import { failed, ok, type UnitReply, type UnitRequest } from '../legacy/reply.ts';
import type { Archive } from './archive.ts';

/**
 * What a gateway answers to GET: `/info`, `/tx/<id>/status` (404 unknown, 202 waiting for a block, 200 with
 * confirmations), `/<id>` and `/raw/<id>` with the item's data, also in part (`Range`).
 */
export async function readArchive(archive: Archive, { rest, headers }: Pick<UnitRequest, 'rest' | 'headers'>): Promise<UnitReply> {
  const [first = '', second = '', third] = rest;
  if (first === 'info') return ok({ network: 'beamline.local', version: 1, height: archive.height(), blocks: archive.height() + 1 });
  if (first === 'tx' && third === 'status') return statusOf(archive, second);
  const id = first === 'raw' ? second : first;
  const item = archive.get(id);
  const data = await archive.data(id);
  if (item === undefined || data === undefined) return failed(404, 'Not Found.');
  const type = item.tags.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? 'application/octet-stream';
  return rangeOf(data, headers.range, type);
}

function statusOf(archive: Archive, id: string): UnitReply {
  const item = archive.get(id);
  if (item === undefined) return failed(404, 'Not Found.');
  const confirmations = archive.height() - item.height + 1;
  if (confirmations < 1) return { status: 202, bytes: Buffer.from('Pending'), headers: { 'content-type': 'text/plain' } };
  const block = hash('sha384', `block ${item.height}`, 'base64url');
  return ok({ block_height: item.height, block_indep_hash: block, number_of_confirmations: confirmations });
}

function rangeOf(data: Buffer, range: string | undefined, type: string): UnitReply {
  const headers = { 'content-type': /^[\x20-\x7e]+$/.test(type) ? type : 'application/octet-stream', 'accept-ranges': 'bytes' };
  const [, from = '', to = ''] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(range ?? '') ?? [];
  if (from === '') return { status: 200, bytes: data, headers };
  const last = Math.min(to === '' ? Infinity : Number(to), data.length - 1);
  if (Number(from) > last) return { status: 416, bytes: Buffer.alloc(0), headers: { ...headers, 'content-range': `bytes */${data.length}` } };
  const part = data.subarray(Number(from), last + 1);
  return { status: 206, bytes: part, headers: { ...headers, 'content-range': `bytes ${from}-${last}/${data.length}` } };
}
