import { createRequire } from 'node:module';

/** The bundler's own: it reads YAML 1.2 as CI providers do. */
const { parse } = createRequire(new URL('../packages/bundler/package.json', import.meta.url))('yaml') as { parse(text: string): unknown };

export interface CiStep {
  job: string;
  /** Shell, as the provider hands it to bash. */
  run: string;
  /** Variables of workflow, job and step, as written. */
  env: Readonly<Record<string, string>>;
}

type Block = { env?: Record<string, string>; run?: string; steps?: Block[]; if?: string; environment?: unknown; permissions?: Record<string, string>; script?: string[]; before_script?: string[]; when?: string; rules?: { when?: string }[]; id_tokens?: object };

export interface GithubWorkflow {
  on: object;
  permissions: object;
  env?: Record<string, string>;
  jobs: Record<string, Block>;
}
export type GitlabPipeline = Record<string, Block> & { stages: unknown; variables: Record<string, string> };

export const parseGithub = (text: string): GithubWorkflow => parse(text) as GithubWorkflow;
export const parseGitlab = (text: string): GitlabPipeline => parse(text) as unknown as GitlabPipeline;

/** Every command that a runner would hand to a shell, job by job. */
export const githubSteps = ({ env = {}, jobs }: GithubWorkflow): CiStep[] =>
  Object.entries(jobs).flatMap(([job, { env: own = {}, steps = [] }]) =>
    steps.flatMap((step) => (step.run === undefined ? [] : [{ job, run: step.run, env: { ...env, ...own, ...step.env } }])));

export const gitlabSteps = ({ stages: _stages, default: start, variables, ...jobs }: GitlabPipeline): CiStep[] =>
  Object.entries(jobs).flatMap(([job, { script = [], env = {} }]) => [...(start?.before_script ?? []), ...script].map((run) => ({ job, run, env: { ...variables, ...env } })));

/** What a command gives `beamline`, with quotes and variables resolved as a shell does; `undefined` when it is another program's. */
export function beamlineArguments(run: string, env: Readonly<Record<string, string>>): string[] | undefined {
  const [npx, program, ...rest] = [...run.trim().matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => (quoted ?? plain ?? '').replace(/\$(\w+)/g, (_, name: string) => env[name] ?? ''));
  return npx === 'npx' && program === 'beamline' ? rest : undefined;
}
