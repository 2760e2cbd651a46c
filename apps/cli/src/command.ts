import type { Clock } from '@beamline/core';
import type { OrchestratorOptions, Orchestrator } from '@beamline/orchestrator';
import type { Stack } from '@beamline/stack';
import type { Progress } from './progress/progress.ts';

/** Everything a command may touch. Tests pass their own; `main.ts` passes the real one. */
export interface CommandContext {
  cwd: string;
  clock: Clock;
  /** Results go to `out`, one JSON object with `--json`; everything else goes to `err`, so that output can be piped. */
  out(line: string): void;
  err(line: string): void;
  /** `plain`: one line a step, as where nobody watches. */
  createProgress(plain: boolean): Progress;
  /** `state`: where Beamline keeps its state, if not where the config says. */
  openStack(configPath: string, state: string | undefined): Promise<Stack>;
  createOrchestrator(options: OrchestratorOptions): Promise<Orchestrator>;
  /** Aborted by Ctrl-C and SIGTERM. */
  signal: AbortSignal;
}

/** 0 success, 1 the operation failed, 2 the command line was wrong, 3 a deployment was taken back, 4 one waits for a person. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/** Flags every command has. */
export interface CommonFlags {
  config: string;
  state?: string;
  json?: boolean;
}

/** What a command leaves behind: `result` is printed as JSON, or as `text` for people. */
export interface CommandResult {
  result: object;
  text: string;
  /** Everything was printed while it ran. @default false */
  silent?: boolean;
  /** The operation ran and did not reach what was asked for. @default false */
  failed?: boolean;
  /** More exactly. @default 1 when it failed, else 0 */
  exit?: ExitCode;
}

/** One use of a command: its stack is open while `run` runs. */
export interface CommandRun {
  stack: Stack;
  context: CommandContext;
  progress: Progress;
}
