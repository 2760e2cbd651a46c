export { runCli } from './run-cli.ts';
export type { CommandContext, ExitCode } from './command.ts';
export type { Progress, ProgressStep } from './progress/progress.ts';
