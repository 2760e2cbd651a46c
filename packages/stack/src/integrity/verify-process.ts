import { createHash } from 'node:crypto';
import { readProgram } from '@beamline/ao';
import { mapLuaPosition } from '@beamline/bundler/release';
import type { Release } from '@beamline/bundler';
import { Fault, type AoNetwork, type ProcessId, type Slot } from '@beamline/core';
import { mapOf, type Operator } from '@beamline/kernel/operator';
import { codeHistory } from '@beamline/persistence';
import type { ReleaseShelf } from '../release-shelf.ts';

export interface VerifyProcessOptions {
  network: AoNetwork;
  operator: Pick<Operator, 'health'>;
  process: ProcessId;
  release: Release;
  /** Where other releases may be found that the process could run instead. */
  releases: Pick<ReleaseShelf, 'list' | 'read'>;
}

/** Whether a process runs a release, and what differs. */
export interface ProcessVerdict {
  process: ProcessId;
  /** Nothing differs. */
  verified: boolean;
  /** One sentence each. */
  differences: readonly string[];
  role: string;
  release: { id: string; version: string; signedBy?: string };
  /** Of the code that answers. `slot`: since when; 0 when it was spawned with it. */
  code: { sha256: string; bytes: number; slot: Slot; modules: readonly string[] };
  /** Edits of the running world, which load the code again. */
  edits: readonly { slot: Slot; name: string }[];
  /** What the process says of itself. */
  reported: { release?: string; layout?: string; phase?: string };
}

/**
 * Compares what a process runs with a release: the bytes of its module as the network shows them, or of what was put in
 * their place since by upgrades in its schedule; its layout; the release it reports. A process says nothing by itself that
 * counts as a proof: only bytes do, and the bytes are those of the node that is asked.
 * @throws Fault `stack/no-such-role`, `ao/no-program`, `ao/unknown-process`, those of the network
 */
export async function verifyProcess({ network, operator, process, release, releases }: VerifyProcessOptions, signal?: AbortSignal): Promise<ProcessVerdict> {
  const { genesis, modules, source } = await readProgram(network, process, signal);
  const definition = mapOf(genesis.req['body']);
  const health = await operator.health(process, signal);
  const role = String(definition['beamline-role'] ?? health?.role ?? '');
  const released = release.roles[role];
  if (released === undefined) {
    throw new Fault('stack/no-such-role', `${process} has role ${role || 'none'}, release ${release.id} has ${Object.keys(release.roles).join(', ')}`, {
      hint: 'Name the release it should run: --release <id or folder>.', details: { process, role },
    });
  }
  const changes = await codeHistory(network, process, signal);
  const last = changes.at(-1);
  const code = last?.code ?? source;
  const { lua } = released.bundles;
  const sha256 = hashOf(code);
  const differences: string[] = [];
  if (sha256 !== lua.sha256) differences.push(await codeDifference(code, sha256, role, release, releases));
  if (health === undefined) differences.push('it shows no health: nothing has been computed yet');
  else {
    if (health.layout !== released.layoutHash) differences.push(`its layout is ${health.layout}, the release's ${released.layoutHash}`);
    const said = health.release ?? '';
    if (said !== release.id && !(await hasBundle(releases, said, role, lua.sha256))) differences.push(`it reports release ${said || 'none'}, not ${release.id}`);
  }
  return {
    process, verified: differences.length === 0, differences, role,
    release: { id: release.id, version: release.version, ...(release.signature && { signedBy: release.signature.signer }) },
    code: { sha256, bytes: Buffer.byteLength(code), slot: last?.slot ?? 0, modules },
    edits: changes.flatMap(({ slot, edit }) => (edit === undefined ? [] : [{ slot, name: edit }])),
    reported: {
      ...(health?.release !== undefined && { release: health.release }), ...(health && { layout: health.layout, phase: health.phase }),
    },
  };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A role that has not changed keeps the processes of an older release. */
async function hasBundle(releases: VerifyProcessOptions['releases'], id: string, role: string, sha256: string): Promise<boolean> {
  if (!(await releases.list()).includes(id)) return false;
  return (await releases.read(id)).roles[role]?.bundles.lua.sha256 === sha256;
}

async function codeDifference(code: string, sha256: string, role: string, release: Release, releases: VerifyProcessOptions['releases']): Promise<string> {
  const { lua } = release.roles[role]!.bundles;
  for (const id of await releases.list()) {
    const other = await releases.read(id).catch(() => undefined);
    const found = Object.entries(other?.roles ?? {}).find(([, { bundles }]) => bundles.lua.sha256 === sha256);
    if (other && found) return `its code is ${found[0]} of release ${id} (${other.version}), not ${role} of ${release.id} (${release.version})`;
  }
  const expected = release.files[lua.file] ?? '';
  let at = 0;
  while (at < code.length && code[at] === expected[at]) at += 1;
  const line = expected.slice(0, at).split('\n').length;
  const position = mapLuaPosition(release.files[lua.map] ?? '', line, at - expected.lastIndexOf('\n', at - 1));
  return [
    `its code hashes to ${sha256} (${Buffer.byteLength(code)} bytes), the release's to ${lua.sha256} (${lua.bytes} bytes);`,
    `they part at byte ${at}, line ${line}${position ? `, which came from ${position.file}:${position.line}` : ''}`,
  ].join(' ');
}
