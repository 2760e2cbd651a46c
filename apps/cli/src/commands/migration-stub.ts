import { join, resolve } from 'node:path';
import type { CommandResult, CommandRun } from '../command.ts';
import { writeNew } from '../write-new.ts';

export interface StubFlags {
  role?: string;
  name?: string;
  out?: string;
}

/** `beamline migration stub`: TypeScript of the migrations that the sources need, one file each. None is overwritten. */
export async function stub({ role, name, out }: StubFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  const step = progress.start('comparing layouts');
  const drafts = await stack.draftMigrations({ ...(role === undefined ? {} : { role }), ...(name === undefined ? {} : { name }) });
  step.done(`${drafts.length} to write`);
  if (drafts.length === 0) return { result: { migrations: [] }, text: 'no layout changed since the lock file was written' };
  const migrations = drafts.map((draft) => (out === undefined ? draft : { ...draft, file: join(out, `${name ?? `${draft.role}-${draft.id}`}.ts`) }));
  const text: string[] = [];
  for (const draft of migrations) {
    text.push(...draft.changes.map(({ path, what, verdict, why }) => `// ${draft.role}: ${path} ${what} (${verdict}): ${why}`), '');
    if (!('file' in draft)) {
      text.push(draft.source);
      continue;
    }
    await writeNew(resolve(context.cwd, draft.file), draft.source);
    text.push(`${draft.file} is written: read it, finish it, and add it to \`migrations\` in the config`);
  }
  return { result: { migrations }, text: text.join('\n') };
}
