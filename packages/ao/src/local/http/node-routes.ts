import type { AoMap } from '@beamline/core';
import { verifyRequest } from '../../httpsig/request.ts';
import { refusal } from '../answer-fault.ts';
import type { LocalNode } from '../node.ts';
import type { Answer } from './answer.ts';
import type { Segment } from './path.ts';
import { keyOf } from './process-routes.ts';
import type { LocalRequest } from './request.ts';

/** `/~meta@1.0/…` */
export function metaRoute(node: LocalNode, [segment, ...rest]: Segment[]): Answer {
  const info: AoMap = {
    address: node.signer.address,
    initialized: 'true',
    local_names: Object.fromEntries(node.aliases()),
    operator: node.signer.address,
  };
  if (segment?.key === 'info') return keyOf(info, rest);
  const build = { node: 'Beamline local network', version: '0.1.0', source: 'local', 'source-short': 'local', 'build-time': 0 };
  if (segment?.key === 'build') return keyOf(build, rest);
  throw refusal(404, 'ao/not-found', 'there is no such key');
}

/**
 * `/~local-name@1.0/…`. Each answer is remembered for good under the name and the query: after a name was moved, a
 * question asked before still gives the old process, as the real node's cache of results does.
 */
export async function nameRoute(
  node: LocalNode,
  segments: Segment[],
  request: LocalRequest,
  remembered: Map<string, string>,
  onProcess: (id: string, rest: Segment[]) => Promise<Answer>,
): Promise<Answer> {
  const [segment, ...rest] = segments;
  const key = segment?.key ?? '';
  if (key === 'register' && request.method === 'POST') return register(node, request);
  const name = key === 'lookup' ? (segment?.params['key'] ?? request.path.query['key'] ?? '') : key;

  const question = JSON.stringify([key, segment?.params, request.path.query]);
  const process = remembered.get(question) ?? node.alias(name);
  if (process === undefined) throw refusal(404, 'ao/unknown-name', `there is no name ${name.slice(0, 80)}`);
  if (remembered.size < 10_000) remembered.set(question, process);
  return rest.length === 0 ? { status: 200, value: process } : onProcess(process, rest.filter(({ key: inner }) => inner !== ''));
}

async function register(node: LocalNode, { headers }: LocalRequest): Promise<Answer> {
  const signed = verifyRequest(headers);
  const { key, value } = signed?.message ?? {};
  if (signed?.committer !== node.signer.address) throw refusal(403, 'ao/not-operator', 'Unauthorized.');
  if (!key || !value) throw refusal(400, 'ao/bad-name', 'A name needs a key and a value.');
  await node.setAlias(key, value);
  return { status: 200, value: 'Registered.' };
}
