import type { Command } from 'commander';
import { archiveBackup, extractBackup, importBackup } from './commands/backup/archive.ts';
import { createBackupCommand, fetchBackup, listBackups } from './commands/backup/copies.ts';
import { pruneBackups } from './commands/backup/prune.ts';
import { verifyBackups } from './commands/backup/verify.ts';
import type { AddCommand, RunWith } from './data-commands.ts';

/** Commands about copies of snapshots and state. */
export function addBackupCommands(program: Command, add: AddCommand, run: RunWith): void {
  const backup = program.command('backup').description('Copies of snapshots and state, elsewhere');
  add(backup, 'create <environment>', 'Take snapshots and bring them, and the environment’s state, to every store')
    .option('--no-snapshot', 'bring over what there is')
    .action((name, flags) => run(flags, (use) => createBackupCommand(name, flags, use)));
  add(backup, 'list <environment>', 'Show what is where')
    .action((name, flags) => run(flags, (use) => listBackups(name, use)));
  add(backup, 'verify <environment>', 'Look at every snapshot in every store, and name what is damaged')
    .option('--full', 'read and hash every page')
    .option('--repair', 'mend what another store has whole')
    .action((name, flags) => run(flags, (use) => verifyBackups(name, flags, use)));
  add(backup, 'prune <environment>', 'Delete what the config’s backup.keep does not keep')
    .option('--local', 'in the environment’s own store, too')
    .option('--dry-run', 'say what would go, and why')
    .action((name, flags) => run(flags, (use) => pruneBackups(name, flags, use)));
  add(backup, 'fetch <environment>', 'Bring snapshots back into the environment’s own store')
    .option('--snapshot <ref>', 'this one, instead of the newest of each process')
    .action((name, flags) => run(flags, (use) => fetchBackup(name, flags, use)));
  add(backup, 'archive <environment> <file>', 'Write the environment into one file')
    .option('--all', 'every snapshot, not only the newest of each instance')
    .action((name, file, flags) => run(flags, (use) => archiveBackup(name, file, flags, use)));
  add(backup, 'extract <environment> <file> <folder>', 'Unpack an archive into a new folder, which serves as --state')
    .option('--salvage', 'take what is whole of a damaged one')
    .action((name, file, folder, flags) => run(flags, (use) => extractBackup(name, file, folder, flags, use)));
  add(backup, 'import <environment> <file>', 'Bring the snapshots of an archive into the environment’s own store')
    .action((name, file, flags) => run(flags, (use) => importBackup(name, file, use)));
}
