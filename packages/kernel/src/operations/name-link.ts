import { begin, commit } from '@beamline/ecs';
import type { Envelope } from '../envelope.ts';
import type { Kernel } from '../kernel.ts';
import { link } from '../links.ts';
import { tag } from '../message.ts';

const MAX_NAME = 64;

/**
 * Names another process: messages sent to `Link-Name` go there, and its own arrive with that link. With
 * `Link-Mode: accept` only the latter, for a successor that is not active yet. Changes the digest: link before a fence.
 */
export function nameLink(kernel: Kernel, envelope: Envelope): string {
  const name = tag(envelope, 'link-name');
  const process = tag(envelope, 'link-process');
  const mode = tag(envelope, 'link-mode');
  if (name === '' || name.length > MAX_NAME || name.length === 43) {
    throw 'kernel/bad-tag: link-name';
  }
  if (process.length !== 43) throw 'kernel/bad-tag: link-process';
  if (mode !== '' && mode !== 'target' && mode !== 'accept') throw 'kernel/bad-tag: link-mode';
  begin(kernel.world);
  link(kernel.tables, name, process, mode !== 'accept');
  commit(kernel.world);
  return '{}';
}
