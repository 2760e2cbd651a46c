import type { Command } from 'commander';
import type { CommandResult, CommandRun } from './command.ts';
import { diff } from './commands/diff.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { stub } from './commands/migration-stub.ts';
import { world } from './commands/world.ts';
import { addSelection } from './selection-flags.ts';

/** How commands are added: with the flags that all have. */
export type AddCommand = (parent: Command, usage: string, summary: string) => Command;
export type RunWith = <F extends object>(flags: F, work: (use: CommandRun) => Promise<CommandResult>) => Promise<void>;

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Commands about what is in worlds. Moments: `now`, `@<slot>`, a snapshot, a time (`-15m`, `2026-11-27T12:00:00Z`). */
export function addDataCommands(program: Command, add: AddCommand, run: RunWith): void {
  add(program, 'world <environment> <instance>', 'Show a world as it is, or was at a moment')
    .option('--at <moment>', 'now, @<slot>, a snapshot, a time such as -15m')
    .option('--entity <id>', 'show this entity')
    .action((name, instance, flags) => run(flags, (use) => world(name, instance, flags, use)));
  add(program, 'diff <environment> <instance> <from> <to>', 'Show what differs between two moments, by entity and field')
    .option('--table <table>', 'only this one; may be repeated', collect)
    .option('--entity <id>', 'only this entity')
    .option('--limit <n>', 'changes shown, default 100')
    .option('--out <file>', 'write all changes there, one JSON object a line')
    .action((name, instance, from, to, flags) => run(flags, (use) => diff(name, instance, from, to, flags, use)));
  addSelection(add(program, 'export <environment> <instance>', 'Write entities and all they refer to into a file'))
    .option('--at <moment>', 'default now')
    .option('--out <file>', 'a file that is not there yet')
    .action((name, instance, flags) => run(flags, (use) => exportCommand(name, instance, flags, use)));
  add(program, 'import <environment> <instance> <file>', 'Put a file of entities into the running world, once')
    .option('--key <field>', 'no two entities share its value, such as Player.address; may be repeated', collect)
    .option('--on-conflict <what>', 'refuse (default), keep who is here, replace them')
    .option('--on-dangling <what>', 'references that lead nowhere: refuse (default), zero')
    .option('--dry-run', 'print the plan and stop')
    .action((name, instance, file, flags) => run(flags, (use) => importCommand(name, instance, file, flags, use)));
  const migration = program.command('migration').description('Layout migrations');
  add(migration, 'stub', 'Draft the migration that the sources need, compared with the lock file')
    .option('--role <role>', 'only this role')
    .option('--name <name>', 'its name, kebab-case')
    .option('--out <folder>', 'write a file there instead of printing it')
    .action((flags) => run(flags, (use) => stub(flags, use)));
}
