import type { Command } from 'commander';
import type { CommandResult, CommandRun } from './command.ts';
import { stub } from './commands/migration-stub.ts';

/** How commands are added: with the flags that all have. */
export type AddCommand = (parent: Command, usage: string, summary: string) => Command;
export type RunWith = <F extends object>(flags: F, work: (use: CommandRun) => Promise<CommandResult>) => Promise<void>;

/** Commands about what is in worlds. */
export function addDataCommands(program: Command, add: AddCommand, run: RunWith): void {
  const migration = program.command('migration').description('Layout migrations');
  add(migration, 'stub', 'Draft the migration that the sources need, compared with the lock file')
    .option('--role <role>', 'only this role')
    .option('--name <name>', 'its name, kebab-case')
    .option('--out <folder>', 'write a file there instead of printing it')
    .action((flags) => run(flags, (use) => stub(flags, use)));
}
