import { access, mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { CommandResult, CommandRun } from '../command.ts';
import { GITHUB_FILE, GITHUB_NUMBER, githubWorkflow } from '../ci/github.ts';
import { GITLAB_FILE, GITLAB_NUMBER, gitlabPipeline } from '../ci/gitlab.ts';
import { pipelineOf } from '../ci/pipeline.ts';
import { writeNew } from '../write-new.ts';
import { writeReport } from './size-report.ts';

export interface CiFlags {
  out?: string;
  staging?: string;
  live?: string;
  force?: boolean;
  config?: string;
}

export type Provider = 'github' | 'gitlab';

const PROVIDERS = {
  github: { file: GITHUB_FILE, number: GITHUB_NUMBER, write: githubWorkflow },
  gitlab: { file: GITLAB_FILE, number: GITLAB_NUMBER, write: gitlabPipeline },
} as const;
const USUAL_CONFIG = 'beamline.config.ts';

/** `beamline ci init github|gitlab`: writes workflows for the environments of the config. An existing file needs `--force`. */
export async function ciInit(provider: Provider, { out, staging, live, force = false, config = USUAL_CONFIG }: CiFlags, { stack, context }: CommandRun): Promise<CommandResult> {
  const { file: usual, number, write } = PROVIDERS[provider];
  const pipeline = pipelineOf({
    config: stack.config, staging, live, number, hasMessages: await access(stack.messagesFile).then(() => true, () => false),
    configPath: config === USUAL_CONFIG ? undefined : config,
  });
  const path = resolve(context.cwd, out ?? usual);
  const text = write(pipeline);
  if (force) {
    await mkdir(dirname(path), { recursive: true });
    await writeReport(context.cwd, path, text);
  } else await writeNew(path, text);
  const secrets = [...new Set([...pipeline.secrets.build, ...pipeline.secrets.staging, ...pipeline.secrets.live])];
  return {
    result: { file: path, provider, staging: pipeline.staging, ...(pipeline.live === undefined ? {} : { live: pipeline.live }), secrets },
    text: [
      `wrote ${path}`, `pushes to main deploy to ${pipeline.staging}${pipeline.live === undefined ? '' : `; ${pipeline.live} waits for an approval of its plan`}`,
      `set there: BEAMLINE_STATE${secrets.length === 0 ? '' : `, and as secrets ${secrets.join(', ')}`}`,
    ].join('\n'),
  };
}
