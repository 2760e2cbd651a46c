import type { Command } from 'commander';
import { anchor } from './commands/anchor.ts';
import { prove } from './commands/prove.ts';
import { verify } from './commands/verify.ts';
import type { AddCommand, RunWith } from './data-commands.ts';

/** Commands by which others can check what a game says. */
export function addTrustCommands(program: Command, add: AddCommand, run: RunWith): void {
  add(program, 'anchor <environment>', 'Take snapshots and sign their roots on Arweave')
    .option('--role <role>', 'only instances of this role')
    .option('--instance <instance>', 'only this instance, such as world-0')
    .option('--wait', 'until the anchors are final')
    .option('--with-snapshot', 'put the snapshots there as well, for good and for everybody to read')
    .action((name, flags) => run(flags, (use) => anchor(name, flags, use)));
  add(program, 'verify [process]', 'Check that a process runs a release, an anchor from Arweave alone, or a proof against its anchor')
    .option('--release <release>', 'with a process: the release’s id or folder; default what the environment runs')
    .option('--anchor <id>', 'check this anchor and the chain before it')
    .option('--snapshot <ref>', 'compare this snapshot with the anchor, instead of the one it names')
    .option('--replay', 'compute the schedule up to the anchor, and compare')
    .option('--proof <file>', 'check this proof')
    .option('--root <hex>', 'against this root, without Arweave')
    .option('--environment <name>', 'whose network, gateway, owners and snapshots; default the only one')
    .action((process, flags) => run(flags, (use) => verify(process, flags, use)));
  add(program, 'prove <environment> <instance> <entity> <component>', 'Write a file that proves what an entity’s component held')
    .option('--snapshot <ref>', 'at this snapshot; default the last anchored one')
    .option('--out <file>', 'default <instance>-<slot>-<component>-<entity>.proof')
    .action((name, instance, entity, component, flags) => run(flags, (use) => prove(name, instance, entity, component, flags, use)));
}
