import { randomUUID } from 'node:crypto';
import { Fault } from '@beamline/core';
import type { ProcessId, Signer } from '@beamline/core';
import { signedHeaders } from '../httpsig/request.ts';
import type { Reader } from './reader.ts';

/** A name's process, asked for in words no cache has seen: a node remembers its answers past a switch. */
export async function resolveName(reader: Reader, alias: string, signal?: AbortSignal): Promise<ProcessId | undefined> {
  const path = `/~local-name@1.0/${encodeURIComponent(alias)}?r=${randomUUID()}`;
  return reader.request({ method: 'GET', path }, undefined, (reply) => {
    if (reply.status === 404) return undefined;
    const process = reply.body.toString('utf8').trim();
    if (/^[\w-]{43}$/.test(process)) return process;
    throw new Fault('ao/bad-answer', `the name ${alias} does not stand for a process id`, { details: { alias }, retryable: true });
  }, signal);
}

/** Registers a name as the node's operator, and reads it back. */
export async function registerName(
  reader: Reader,
  alias: string,
  process: ProcessId,
  operator: Signer,
  signal?: AbortSignal,
): Promise<void> {
  if (!/^[a-z0-9][a-z0-9._-]{0,127}$/.test(alias)) {
    throw new Fault('ao/bad-alias', `"${alias}" cannot be a name on a node`, {
      hint: 'Use lower-case letters, digits, dots, dashes and underscores.',
    });
  }
  const headers = await signedHeaders({ key: alias, value: process }, operator);
  try {
    await reader.request({ method: 'POST', path: '/~local-name@1.0/register', headers }, undefined, () => undefined, signal);
  } catch (error) {
    if ((error as Fault).details?.['status'] !== 403) throw error;
    throw new Fault('ao/not-operator', `${operator.address} is not the operator of the node`, {
      hint: 'Sign with the wallet the node runs with.',
      details: { status: 403 },
    });
  }
  const now = await resolveName(reader, alias, signal);
  if (now !== process) {
    throw new Fault('ao/alias-not-set', `${alias} stands for ${now ?? 'nothing'} after it was pointed at ${process}`, { retryable: true });
  }
}
