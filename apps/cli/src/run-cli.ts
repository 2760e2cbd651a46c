import { Command, CommanderError, Option } from 'commander';
import type { CommandContext, CommandResult, CommandRun, CommonFlags, ExitCode } from './command.ts';
import { bundle } from './commands/bundle.ts';
import { bundleLuaFile } from './commands/bundle-lua.ts';
import { addBackupCommands } from './backup-commands.ts';
import { addDataCommands } from './data-commands.ts';
import { addPlanCommands } from './plan-commands.ts';
import { dev } from './commands/dev.ts';
import { deploy } from './commands/deploy.ts';
import { drill, recovery } from './commands/recovery.ts';
import { explain } from './commands/explain.ts';
import { lint } from './commands/lint.ts';
import { record } from './commands/record.ts';
import { restore } from './commands/restore.ts';
import { forkCommand } from './commands/network/fork.ts';
import type { NetworkFlags } from './commands/network/place.ts';
import { resetNetworkCommand } from './commands/network/reset.ts';
import { startNetwork } from './commands/network/start.ts';
import { networkStatusCommand } from './commands/network/status.ts';
import { stopNetworkCommand } from './commands/network/stop.ts';
import { rollback } from './commands/rollback.ts';
import { serve } from './commands/serve.ts';
import { snapshot } from './commands/snapshot.ts';
import { status } from './commands/status.ts';
import { why } from './commands/why.ts';
import { runCommand, runPlain } from './run-command.ts';
import { addTrustCommands } from './trust-commands.ts';
import { strategies } from '@beamline/stack';
import { addSelection } from './selection-flags.ts';

/**
 * Runs one command line (without `node` and the program's path). An unknown or misspelt flag stops it before it does
 * anything.
 */
export async function runCli(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  let exit: ExitCode = 0;
  const program = new Command('beamline')
    .description('Builds, ships and keeps alive entity-component-system games on AO')
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({ writeOut: (text) => context.out(text.trimEnd()), writeErr: (text) => context.err(text.trimEnd()) });

  /** A command with the flags that all have. */
  const add = (parent: Command, usage: string, summary: string): Command =>
    parent.command(usage).description(summary).allowExcessArguments(false)
      .option('--config <path>', 'the game’s config', 'beamline.config.ts')
      .option('--state <folder>', 'where Beamline keeps its state, if not where the config says')
      .option('--json', 'print one JSON object');
  const run = async <F extends object>(flags: F, work: (use: CommandRun) => Promise<CommandResult>): Promise<void> => {
    exit = await runCommand(flags as F & CommonFlags, context, work);
  };

  add(program, 'bundle [file.lua]', 'Build every role of the game, or one chunk of a tree of Lua modules, for which the config need not be there')
    .option('--accept-layout', 'no live state has the layout of the lock file')
    .addOption(new Option('--lint <mode>', 'what to do about code that would not behave the same on every engine; default warn').choices(['off', 'warn', 'error']))
    .option('--accept-sizes', 'keep today’s sizes as those that growth is measured against')
    .option('--report <format>', 'where the bytes are: json, markdown or html')
    .option('--out <file>', 'write the report, or the chunk and its source map, there instead of printing it')
    .option('--baseline <file>', 'compare with these sizes; default the config’s')
    .option('--watch', 'build again whenever a source changes')
    .option('--verify', 'replay recorded messages with and without shrinking, and demand the same of both')
    .option('--messages <file>', 'the recorded messages; default the config’s')
    .option('--evals <folder>', 'write the chunks of the target aos as Evals below 100 KiB')
    .option('--signer <reference>', 'sign the release: file:<wallet> or env:<NAME>; default the config’s')
    .addOption(new Option('--target <target>', 'of a Lua tree: a process of its own, or one beside aos; default lua').choices(['lua', 'aos']))
    .option('--public <names...>', 'of a Lua tree: modules that a live process can be patched through; default all on aos')
    .option('--external <names...>', 'of a Lua tree: modules that the process has by itself')
    .option('--define <constants...>', 'of a Lua tree: globals that are constant, such as DEBUG=false')
    .option('--no-minify', 'of a Lua tree: keep it readable')
    .action(async (file, flags, command) => {
      assertFlags(file, command);
      if (file === undefined) return run(flags, (use) => bundle(flags, use));
      exit = await runPlain(flags, context, (use) => bundleLuaFile(file, flags, use));
    });
  add(program, 'dev [environment]', 'Run the game on the local network, and swap new code into it whenever a source changes')
    .action((name, flags) => run(flags, (use) => dev(name, flags, use)));
  add(program, 'record <environment>', 'Write down what processes received, for bundle --verify')
    .option('--role <role>', 'only instances of this role')
    .option('--instance <instance>', 'only this instance, such as world-0')
    .option('--slots <n>', 'at most so many of each process, from the first on')
    .option('--out <file>', 'default the config’s file of messages')
    .action((name, flags) => run(flags, (use) => record(name, flags, use)));
  add(program, 'lint', 'Find what would not behave the same on every engine')
    .option('--fix', 'mend what is safe to mend')
    .action((flags) => run(flags, (use) => lint(flags, use)));
  add(program, 'why <role> <name>', 'Show what brings a module, system, component or action into a bundle')
    .action((role, name, flags) => run(flags, (use) => why(role, name, use)));
  const strategy = (): Option => new Option('--strategy <name>', 'move players to new processes, put new code into the ones that run, or either batch after batch; default the config’s').choices([...strategies]);
  add(program, 'deploy <environment>', 'Build the game and deploy it')
    .addOption(strategy())
    .option('--release <id>', 'deploy this release instead of building')
    .option('--dry-run', 'print the plan and stop')
    .option('--resume', 'finish the deployment that was interrupted')
    .option('--accept-breaks', 'players’ programs are ready for what changes under them')
    .action((name, flags) => run(flags, (use) => deploy(name, flags, use)));
  addPlanCommands(program, add, run, strategy);
  add(program, 'status <environment>', 'Show what runs and how it is')
    .action((name, flags) => run(flags, (use) => status(name, use)));
  add(program, 'explain <environment> <instance>', 'Show where an instance’s last error came from, in the sources')
    .option('--slot <n>', 'the last one up to this slot')
    .action((name, instance, flags) => run(flags, (use) => explain(name, instance, flags, use)));
  add(program, 'snapshot <environment>', 'Store the state of running processes')
    .option('--role <role>', 'only instances of this role')
    .option('--instance <instance>', 'only this instance, such as world-0')
    .action((name, flags) => run(flags, (use) => snapshot(name, flags, use)));
  add(program, 'drill <environment>', 'Restore the newest snapshots for practice and prove them')
    .option('--instance <instance>', 'only this instance, such as world-0')
    .option('--from <store>', 'the backup store to read from, or local; default: the one drilled least recently')
    .action((name, flags) => run(flags, (use) => drill(name, flags, use)));
  add(program, 'recovery <environment>', 'Show how fast each instance would come back, and what that costs')
    .option('--rules', 'print Prometheus alerting rules instead')
    .action((name, flags) => run(flags, (use) => recovery(name, flags, use)));
  addSelection(add(program, 'restore <environment> <instance>', 'Recover a lost process, go back to a snapshot, or put some entities back as they were'))
    .option('--snapshot <ref>', 'go back to this snapshot, forgetting what came after')
    .option('--at <moment>', 'with entities: the moment they come back from')
    .option('--dry-run', 'with entities: print what would change and stop')
    .action((name, instance, flags) => run(flags, (use) => restore(name, instance, flags, use)));
  add(program, 'rollback <environment>', 'Go back to a release that ran before, keeping what players did')
    .addOption(strategy())
    .option('--to <release>', 'which of the last 100 deployments’ releases; default the one before')
    .option('--code-only', 'put the old code into the processes that run; refused where the layout has changed')
    .option('--snapshot <refs...>', 'go back to these snapshots, giving up what happened since; one per instance')
    .option('--yes', 'with --snapshot: really')
    .option('--out <file>', 'save the plan there, for apply')
    .option('--dry-run', 'print the plan and stop')
    .action((name, flags) => run(flags, (use) => rollback(name, flags, use)));
  add(program, 'serve <environment>', 'Serve the dashboard, the API and Prometheus metrics')
    .option('--port <port>', 'default 7700')
    .option('--host <address>', 'another than loopback needs serve.token in the config')
    .action((name, flags) => run(flags, (use) => serve(name, flags, use)));
  addBackupCommands(program, add, run);
  addDataCommands(program, add, run);
  addTrustCommands(program, add, run);
  const network = program.command('network').description('The local network');
  const about = (usage: string, summary: string): Command => add(network, usage, summary).option('--dir <folder>', 'the network’s folder, instead of an environment’s');
  const plain = async <F extends NetworkFlags>(flags: F, work: (use: Omit<CommandRun, 'stack'>) => Promise<CommandResult>): Promise<void> => {
    exit = await runPlain(flags, context, work);
  };
  about('start [environment]', 'Run the local network by itself')
    .option('--port <port>', 'default the config’s, or the one it had last time')
    .option('--limits <limits>', 'such as computeMs=2000,requestsPerSecond=50')
    .option('--aos <file>', 'an aos module of yours, for aos processes; default the config’s')
    .option('--aos-sha256 <hash>', 'refuse any other module')
    .option('--detach', 'leave it running')
    .action((name, flags) => plain(flags, () => startNetwork(name, flags, context)));
  about('status [environment]', 'Show whether it runs and what is on it')
    .action((name, flags) => plain(flags, () => networkStatusCommand(name, flags, context)));
  about('stop [environment]', 'End the network of this folder, and nothing else')
    .action((name, flags) => plain(flags, () => stopNetworkCommand(name, flags, context)));
  about('reset [environment]', 'Delete everything that happened on a network that does not run')
    .option('--yes', 'really')
    .action((name, flags) => plain(flags, () => resetNetworkCommand(name, flags, context)));
  about('fork <process> [environment]', 'Copy a live process, or <process>@<slot>, into the local network')
    .requiredOption('--from <network>', 'url of a node, or an environment of the config')
    .option('--to <url>', 'default the local network of the environment or folder')
    .action((what, name, flags) => plain(flags, (use) => forkCommand(what, name, flags, use)));

  program.hook('preAction', (_program, command) => {
    command.processedArgs = command.processedArgs.map(unmarked);
    for (const [name, value] of Object.entries(command.opts<Record<string, unknown>>())) command.setOptionValueWithSource(name, unmarked(value), command.getOptionValueSource(name));
  });

  try {
    await program.parseAsync(argv.map(marked), { from: 'user' });
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
}

const EXIT_CODES = `
Exit codes:
  0  done
  1  the operation failed, or something is down
  2  the command line was wrong; nothing happened
  3  a deployment was taken back: the old release runs
  4  a deployment is stuck: a person must decide; beamline deployments show says what`;

const OF_ROLES = ['acceptLayout', 'lint', 'acceptSizes', 'report', 'baseline', 'watch', 'verify', 'messages', 'evals', 'signer'];
const OF_LUA_TREES = ['target', 'public', 'external', 'define', 'minify'];

/** @throws CommanderError for a flag that the other use of `bundle` has */
function assertFlags(file: string | undefined, command: Command): void {
  const wrong = (file === undefined ? OF_LUA_TREES : OF_ROLES).find((name) => command.getOptionValueSource(name) === 'cli');
  if (wrong === undefined) return;
  const flag = wrong === 'minify' ? '--no-minify' : `--${wrong.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  command.error(file === undefined ? `error: ${flag} needs a file: beamline bundle <file.lua>` : `error: ${flag} is for the roles of a config, not for ${file}`);
}

/** One id in 64 begins with a dash and would be read as a flag: it gets a mark that no terminal shows until it was parsed. */
const marked = (argument: string): string => (/^-[\w-]{42}(@\d+)?$/.test(argument) ? MARK + argument : argument);
const unmarked = (value: unknown): unknown => (typeof value === 'string' && value.startsWith(MARK) ? value.slice(MARK.length) : value);
const MARK = '\u2060';
