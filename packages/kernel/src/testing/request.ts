import type { AoMap, AoValue } from '@beamline/core';

/** A readable id of 43 characters: `testId('alice')` → `alice--------…`. */
export function testId(name: string): string {
  return name.padEnd(43, '-').slice(0, 43);
}

export interface RequestSpec {
  /** Message id. */
  id: string;
  process: string;
  slot: number;
  timestamp: number;
  /** Lower-case tag names. */
  tags?: Readonly<Record<string, AoValue>>;
  data?: string;
}

/** `req` of a message that a client signed, shaped as a node shows it to Lua. */
export function clientRequest({ committer, ...spec }: RequestSpec & { committer: string }): AoMap {
  return assignment(spec, {
    'commitment-device': 'ans104@1.0', 'type': 'rsa-pss-sha256', 'bundle': 'false', committer, 'signature': testId('signature'),
  });
}

/** `req` of a message that a node pushed from a process; `committer` is the node. */
export function pushedRequest({ committer, fromProcess, ...spec }: RequestSpec & { committer: string; fromProcess: string }): AoMap {
  return assignment(
    { ...spec, tags: { ...spec.tags, 'from-process': fromProcess, 'from-authority': committer, 'from-scheduler': committer } },
    { 'commitment-device': 'httpsig@1.0', 'type': 'rsa-pss-sha512', committer, 'signature': testId('signature') },
  );
}

/** `req` of slot 0: the process message. */
export function processRequest({ committer, authority, ...spec }: RequestSpec & { committer: string; authority: string }): AoMap {
  const request = clientRequest({ ...spec, id: spec.process, committer, tags: { authority, 'scheduler': authority, ...spec.tags } });
  (request['body'] as AoMap)['type'] = 'Process';
  return request;
}

function assignment({ id, process, slot, timestamp, tags = {}, data }: RequestSpec, commitment: AoMap): AoMap {
  const body: AoMap = { 'data-protocol': 'ao', 'variant': 'ao.N.1', 'type': 'Message', 'target': process, ...tags };
  if (data !== undefined) body['data'] = data;
  const committed = Object.keys(body).sort();
  body['commitments'] = {
    [id]: { ...commitment, committed },
    [testId(`hmac-${id}`)]: {
      'commitment-device': 'httpsig@1.0', 'type': 'hmac-sha256', 'keyid': 'constant:ao', committed, 'signature': testId(`hmac-${id}`),
    },
  };
  return {
    'block-hash': testId('block'), 'block-height': 0, 'block-timestamp': 0, body, 'data-protocol': 'ao', 'epoch': '0',
    'hash-chain': testId(`chain-${slot}`), 'path': 'compute', process, slot, timestamp, 'type': 'Assignment', 'variant': 'ao.N.1',
  };
}
