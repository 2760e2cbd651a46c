import { Argument, type Command, type Option } from 'commander';
import { apply } from './commands/apply.ts';
import { ciInit } from './commands/ci-init.ts';
import { askDeployment, listDeployments, resumeDeployment, showDeployment } from './commands/deployments.ts';
import { plan } from './commands/plan.ts';
import { previewDown, previewList, previewUp } from './commands/preview.ts';
import { summary } from './commands/summary.ts';
import type { AddCommand, RunWith } from './data-commands.ts';

/** Commands about what would be done, and about what was decided before. */
export function addPlanCommands(program: Command, add: AddCommand, run: RunWith, strategy: () => Option): void {
  add(program, 'plan <environment>', 'Print what a deployment would do, and save it for review')
    .addOption(strategy())
    .option('--release <id>', 'plan for this release instead of building')
    .option('--out <file>', 'save the plan there, for apply; a file that is not there yet')
    .option('--markdown', 'print Markdown, for a pull request')
    .option('--rehearse [messages]', 'take so many of the newest real messages through the old and the new release, off the network, and compare; default the config’s, or 5000')
    .option('--chaos <seed>', 'rehearse with messages in another order, late, twice, and the new release killed and restored; the same for the same seed')
    .action((name, flags) => run(flags, (use) => plan(name, flags, use)));
  add(program, 'summary <environment>', 'Print one page for a pull request: sizes, layouts, plan, contracts, rehearsal, and what speaks against it')
    .addOption(strategy())
    .option('--verify', 'replay recorded messages with and without shrinking')
    .option('--rehearse [messages]', 'as of plan')
    .option('--chaos <seed>', 'as of plan')
    .option('--out <file>', 'write it there instead of printing it')
    .action((name, flags) => run(flags, (use) => summary(name, flags, use)));
  add(program, 'apply <plan>', 'Carry out a saved plan, if the environment is still what it was made for')
    .option('--accept-breaks', 'players’ programs are ready for what changes under them')
    .action((file, flags) => run(flags, (use) => apply(file, flags, use)));

  const deployments = program.command('deployments').description('What was deployed, what is under way, and what to do about it');
  add(deployments, 'list <environment>', 'Show what was deployed, newest first')
    .action((name, flags) => run(flags, (use) => listDeployments(name, use)));
  add(deployments, 'show <environment> [deployment]', 'Show one: what it did, and what a person must decide where it stopped; ends with its exit code')
    .action((name, id, flags) => run(flags, (use) => showDeployment(name, id, use)));
  add(deployments, 'resume <environment> [deployment]', 'Finish what was interrupted, or try again what is stuck, on any machine with its state')
    .action((name, id, flags) => run(flags, (use) => resumeDeployment(name, id, use)));
  const asks = { abort: 'Take it back to the old release', accept: 'Keep a release that is stuck because it failed its tests', pause: 'Begin nothing more that can wait', continue: 'Go on after a pause', promote: 'Let the next batch begin where a person has to agree' } as const;
  for (const ask of Object.keys(asks) as (keyof typeof asks)[]) {
    add(deployments, `${ask} <environment> [deployment]`, asks[ask])
      .option('--reason <text>', 'for the others')
      .option('--by <name>', 'who asks')
      .action((name, id, flags) => run(flags, (use) => askDeployment(ask, name, id, flags, use)));
  }

  const preview = program.command('preview').description('Environments for a while, with the worlds of another');
  add(preview, 'up <name>', 'Start one: a network of its own, the worlds of an environment, and the game as it is built now')
    .requiredOption('--from <environment>', 'whose worlds; only its schedules are read, with no keys')
    .option('--release <id>', 'this release instead of building')
    .option('--for <time>', 'how long it may stay, default 24h')
    .option('--replace', 'take down one of the same name first')
    .action((name, flags) => run(flags, (use) => previewUp(name, flags, use)));
  add(preview, 'list', 'Show what there is, and take down what is over')
    .action((flags) => run(flags, (use) => previewList(use)));
  add(preview, 'down [name]', 'End one and delete what it kept')
    .option('--expired', 'all whose time is over')
    .action((name, flags) => run(flags, (use) => previewDown(name, flags, use)));

  const ci = program.command('ci').description('Workflows for pull requests and deployments');
  add(ci, 'init', 'Write workflows: check, summary on the pull request, preview, staging, and live once its plan is approved')
    .addArgument(new Argument('<provider>', 'whose').choices(['github', 'gitlab']))
    .option('--out <file>', 'default the provider’s usual one')
    .option('--staging <environment>', 'where the main branch goes; default staging, or the only one')
    .option('--live <environment>', 'what waits for an approval; default live or production')
    .option('--force', 'in place of a file that is there')
    .action((provider, flags) => run(flags, (use) => ciInit(provider, flags, use)));
}
