import type { AoMap, Id, ProcessId } from '@beamline/core';
import type { AosEnvironment, AosMessage } from '@beamline/vm';
import { mapOf, signerOf, tagsOf } from '../legacy/scheduled.ts';

/** What a process can read about itself, from its own message and its module's. */
export function environmentOf(id: ProcessId, process: AoMap, moduleId: Id, module: AoMap): AosEnvironment {
  return {
    Process: { Id: id, Owner: signerOf(process).address, Tags: tagsOf(process) },
    Module: { Id: moduleId, Owner: signerOf(module).address, Tags: tagsOf(module) },
  };
}

/**
 * An assignment as legacynet's compute unit gives it to a module. Whoever writes `From-Process` is taken for that
 * process's message, whose owner aos then wants to see among its authorities.
 */
export function aosMessage(request: AoMap, moduleId: Id, readOnly = false): AosMessage {
  const body = mapOf(request['body']);
  const { id, address } = signerOf(body);
  const tags = tagsOf(body);
  const anchor = typeof body['anchor'] === 'string' ? body['anchor'] : '';
  return {
    Id: id,
    From: tags.find(({ name, value }) => name.toLowerCase() === 'from-process' && value !== '')?.value ?? address,
    Owner: address,
    // A process's own message has none; aos takes any other target for somebody else's message.
    Target: String(body['target'] ?? request['process'] ?? ''),
    Tags: tags,
    Data: String(body['data'] ?? ''),
    Timestamp: Number(request['timestamp']),
    'Block-Height': Number(request['block-height'] ?? 0),
    Nonce: Number(request['slot']),
    Module: moduleId,
    Anchor: anchor,
    Epoch: Number(request['epoch'] ?? 0),
    'Hash-Chain': String(request['hash-chain'] ?? ''),
    Cron: false,
    ...(readOnly ? { 'Read-Only': true } : {}),
  };
}
