import { Fault } from '@beamline/core';
import type { BeamlineConfig } from '@beamline/stack';

/** What a workflow does, whoever runs it. */
export interface Pipeline {
  game: string;
  /** Deployed by every push to the main branch. */
  staging: string;
  /** Deployed once somebody has approved the plan; absent where the config has no such environment. */
  live?: string;
  /** Commands, as they stand on the command line, after `beamline`. */
  commands: {
    bundle: string;
    summary: string;
    previewUp: string;
    previewDown: string;
    deployStaging: string;
    planLive: string;
    applyLive: string;
  };
  /** Names of variables that secrets are read from: by builds, and by each environment. Never their values. */
  secrets: { build: readonly string[]; staging: readonly string[]; live: readonly string[] };
}

export interface PipelineOptions {
  config: BeamlineConfig;
  staging?: string | undefined;
  live?: string | undefined;
  /** Whether there are recorded messages to verify bundles with. */
  hasMessages: boolean;
  /** How the provider writes the number of a pull request. */
  number: string;
  /** Of the config, where it is not the usual one; as it stands in the command. */
  configPath?: string | undefined;
}

export const SUMMARY = 'beamline-summary.md';
export const PLAN = 'beamline-plan.json';

/** @throws Fault `cli/flags` when it is not clear which environments are meant */
export function pipelineOf({ config, staging: asked, live: wanted, hasMessages, number, configPath }: PipelineOptions): Pipeline {
  const names = Object.keys(config.environments);
  const staging = asked ?? names.find((name) => name === 'staging') ?? (names.length === 1 ? names[0] : undefined);
  const live = wanted ?? names.find((name) => name === 'live' || name === 'production');
  if (staging === undefined) throw new Fault('cli/flags', 'which environment does the main branch go to?', { hint: `Say --staging <name>: ${names.join(', ')}.` });
  for (const name of [staging, ...(live === undefined ? [] : [live])]) {
    if (config.environments[name] === undefined) throw new Fault('cli/flags', `the config has no environment ${name}`, { hint: `It has ${names.join(', ')}.` });
  }
  if (staging === live) throw new Fault('cli/flags', `${staging} cannot be both`, { hint: 'Name two environments.' });
  const places = ` --state "$BEAMLINE_STATE"${configPath === undefined ? '' : ` --config ${JSON.stringify(configPath)}`}`;
  const rehearsed = (name: string): string => (config.environments[name]?.rehearsal === undefined ? '' : ' --rehearse');
  const command = (text: string): string => `${text}${places}`;
  return {
    game: config.game, staging, ...(live === undefined ? {} : { live }),
    commands: {
      bundle: command(`bundle${hasMessages ? ' --verify' : ''}`),
      summary: command(`summary ${staging}${hasMessages ? ' --verify' : ''}${rehearsed(staging)} --out ${SUMMARY}`),
      previewUp: command(`preview up "pr-${number}" --from ${staging} --for 24h --replace`),
      previewDown: command(`preview down "pr-${number}"`),
      deployStaging: command(`deploy ${staging}`),
      planLive: command(`plan ${live}${live === undefined ? '' : rehearsed(live)} --out ${PLAN}`),
      applyLive: command(`apply ${PLAN}`),
    },
    secrets: {
      build: variablesIn(config.signing), staging: variablesIn(config.environments[staging]), live: live === undefined ? [] : variablesIn(config.environments[live]),
    },
  };
}

/** Variables that a part of the config refers to, `env:NAME`. */
function variablesIn(part: unknown): string[] {
  if (typeof part === 'string') return /^env:[A-Za-z_]\w*$/.test(part) ? [part.slice(4)] : [];
  if (typeof part !== 'object' || part === null) return [];
  return [...new Set(Object.values(part).flatMap(variablesIn))].sort();
}
