import { resolve } from 'node:path';
import type { Bundle, Release } from '@beamline/bundler';
import { readMessages, verifyShrinking, type RecordedSession, type ShrinkingVerdict } from '@beamline/bundler/verify';
import { Fault } from '@beamline/core';
import type { BeamlineConfig } from './config.ts';

interface Context {
  config: BeamlineConfig;
  root: string;
}

export const messagesFile = ({ config, root }: Context): string => resolve(root, config.messages ?? 'messages.ndjson');

/** The messages to verify with, read before a build takes its time. @throws Fault `bundler/bad-messages` */
export async function recordedMessages({ config, root }: Context, verify: string | boolean | undefined): Promise<readonly RecordedSession[] | undefined> {
  if (verify === undefined || verify === false) return undefined;
  const file = verify === true ? messagesFile({ config, root }) : resolve(verify);
  const sessions = await readMessages(file);
  if (sessions.some(({ role }) => config.roles[role] !== undefined)) return sessions;
  throw new Fault('bundler/bad-messages', `${file} has no message of a role of this game`, {
    hint: `Record some of ${Object.keys(config.roles).join(', ')}: beamline record <environment> --out <file>`, details: { file },
  });
}

/** Builds each Lua bundle once more, without shrinking, and replays. @throws Fault `bundler/shrinking-differs` */
export async function verifyBundles(
  { config, root }: Context, bundles: readonly Bundle[], roles: Release['roles'], recorded: readonly RecordedSession[],
): Promise<{ verdicts: ShrinkingVerdict[]; warnings: string[] }> {
  const { buildRole } = await import('@beamline/bundler');
  const verdicts: ShrinkingVerdict[] = [];
  const warnings: string[] = [];
  for (const { role, target, code } of bundles) {
    if (target !== 'lua') continue;
    const sessions = recorded.filter((session) => session.role === role);
    if (sessions.length === 0) {
      warnings.push(`${role}: no message of it was recorded, its shrinking is not verified`);
      continue;
    }
    const layout = roles[role]?.layout;
    const { code: unshrunk } = await buildRole({
      role, entry: config.roles[role]?.entry ?? '', target, root, minify: false, shrink: false, lint: 'off', plugins: config.plugins ?? [], ...(layout && { layout }),
    });
    verdicts.push(await verifyShrinking({ role, unshrunk, shrunk: code, sessions }));
  }
  return { verdicts, warnings };
}
