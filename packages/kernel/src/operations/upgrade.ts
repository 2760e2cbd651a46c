import { textDigest, worldDigest } from '@beamline/ecs';
import { attempt } from '../attempt.ts';
import type { Envelope } from '../envelope.ts';
import type { Kernel } from '../kernel.ts';
import { tag } from '../message.ts';
import { KERNEL_FORMAT, type Upgrade } from '../take-over.ts';
import { install, loadPages, stage } from './restore.ts';
import { codeOf, offer, program, runCode, setProgram } from '#target';

/** Stages new code beside the running one, from nothing. */
export function beginUpgrade(kernel: Kernel): string {
  if (program() === undefined) throw 'kernel/no-upgrade: no Lua';
  kernel.upgrade = { format: KERNEL_FORMAT, kernel, code: [], pages: [], role: undefined, build: undefined };
  return '{}';
}

/** The next piece of the code, or, with `Part: pages`, of the world as the new code's layout has it. */
export function upgradeChunk(kernel: Kernel, envelope: Envelope): string {
  const { code, pages } = upgradeOf(kernel);
  const pieces = tag(envelope, 'part') === 'pages' ? pages : code;
  pieces[pieces.length] = envelope.data;
  return '{}';
}

function upgradeOf({ upgrade }: Kernel): Upgrade {
  if (upgrade === undefined) throw 'kernel/no-upgrade: Upgrade-Begin';
  return upgrade;
}

/**
 * Replaces the running code by the staged one. The state stays, or, with rows as data, becomes what the staged pages
 * say, which were made of the world whose digest is `From`. Either the new code answers from the next slot on, or
 * nothing happened; what was staged is gone in both cases. A repetition finds it done.
 */
export function commitUpgrade(kernel: Kernel, envelope: Envelope): string {
  const digest = tag(envelope, 'code');
  if (digest !== '' && digest === kernel.code) return '{}';
  const upgrade = upgradeOf(kernel);
  kernel.upgrade = undefined;
  const code = upgrade.code.join('');
  mustBe(digest, textDigest(code));
  const before = program();
  offer(upgrade);
  const error = attempt(() => {
    runCode(code);
    settle(kernel, upgrade, envelope);
  });
  offer(undefined);
  if (error === undefined) return '{}';
  kernel.staged = undefined;
  setProgram(before);
  throw codeOf(error) === '' ? `kernel/bad-code: ${error}` : error;
}

/** The state as the code that was just loaded wants it. Changes everything at its end, or throws. */
function settle(kernel: Kernel, { role, build, pages }: Upgrade, envelope: Envelope): void {
  if (role === undefined || build === undefined) throw 'kernel/bad-code: no bundle';
  const release = tag(envelope, 'release');
  const rows = envelope.data;
  const layout = rows === '' ? kernel.build.layout : tag(envelope, 'layout');
  if (layout !== build.layout) throw `kernel/layout-mismatch: ${build.layout}`;
  if (rows !== '') {
    mustBe(tag(envelope, 'from'), worldDigest(kernel.world));
    stage(kernel, role, rows);
    for (const texts of pages) loadPages(kernel, texts);
    install(kernel, tag(envelope, 'digest'));
  }
  kernel.role = role;
  kernel.build = build;
  kernel.code = tag(envelope, 'code');
  if (release !== '') kernel.release = release;
}

function mustBe(wanted: string, found: string): void {
  if (found !== wanted) throw `kernel/digest-mismatch: ${found}`;
}
