import type { Address, AoMap, AoValue, NodeIdentity } from '@beamline/core';
import { JSON_QUERY, type Reader } from './reader.ts';
import { badAnswer, jsonOf, plain } from './wire.ts';

/** Who a node is, what it runs, and which devices it says it has. */
export async function identityOf(reader: Reader, address: Address, signal?: AbortSignal): Promise<NodeIdentity> {
  const path = `/~meta@1.0/build?${JSON_QUERY}`;
  const build = await reader.request({ method: 'GET', path }, undefined, (reply) => {
    if (reply.status === 404) return {}; // old nodes do not say
    return jsonOf(reply, path);
  }, signal);
  const parts = ['node', 'version', 'source-short'].map((key) => build[key]).filter((part) => typeof part === 'string' || typeof part === 'number');
  const info = `/~meta@1.0/info?${JSON_QUERY}`;
  const devices = devicesOf((await reader.confirm(info, (reply) => jsonOf(reply, info), signal)) ?? {});
  return { address, build: parts.filter((part) => part !== '').join(' ') || 'unknown', ...(devices.length > 0 ? { capabilities: devices } : {}) };
}

export async function addressOf(reader: Reader, signal?: AbortSignal): Promise<Address> {
  const path = '/~meta@1.0/info/address';
  return reader.request({ method: 'GET', path }, undefined, (reply) => {
    const text = reply.body.toString('utf8').trim();
    if (/^[\w-]{43}$/.test(text)) return text;
    throw badAnswer(path, reply.status, 'no address');
  }, signal);
}

/** `preloaded-devices`: a list of `{ name, module }`; its spelling and form differ between versions. */
function devicesOf(info: AoMap): string[] {
  const listed = plain(info['preloaded-devices'] ?? info['preloaded_devices'] ?? []);
  const names = Object.values(listed as AoValue[]).map((device) =>
    typeof device === 'object' && !Array.isArray(device) ? device['name'] : device);
  return names.filter((name): name is string => typeof name === 'string' && /^[\w.-]+@[\w.]+$/.test(name)).sort();
}
