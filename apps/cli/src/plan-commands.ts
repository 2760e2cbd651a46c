import type { Command, Option } from 'commander';
import { apply } from './commands/apply.ts';
import { plan } from './commands/plan.ts';
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
  add(program, 'apply <plan>', 'Carry out a saved plan, if the environment is still what it was made for')
    .option('--accept-breaks', 'players’ programs are ready for what changes under them')
    .action((file, flags) => run(flags, (use) => apply(file, flags, use)));
}
