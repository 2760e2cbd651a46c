import type { CommandResult, CommandRun } from '../../command.ts';

export interface VerifyFlags {
  full?: boolean;
  repair?: boolean;
}

/** `beamline backup verify <environment>`: fails when anything is damaged that it did not mend. */
export async function verifyBackups(name: string, { full = false, repair = false }: VerifyFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  const step = progress.start('verify');
  const report = await stack.backup(name).verify({ full, repair }, context.signal);
  step.done(`${report.snapshots} snapshots${full ? `, ${report.pages} pages` : ''}`);
  const lines = report.damage.map(({ store, ref, code, message, mended, mendableFrom }) => {
    const way = mended ? 'mended' : mendableFrom.length > 0 ? `${mendableFrom.join(', ')} can mend it: --repair` : 'no store can mend it';
    return `${store}: ${ref}\n  ${code}: ${message}\n  ${way}`;
  });
  const away = report.unreachable.map(({ store, message }) => `${store} cannot be looked at: ${message}`);
  const unmended = report.damage.filter(({ mended }) => !mended).length;
  const verdict = unmended > 0 ? `${unmended} damaged` : report.damage.length > 0 ? 'everything mended' : 'everything whole';
  return {
    result: report,
    text: [...lines, ...away, `${report.snapshots} snapshots looked at: ${verdict}`].join('\n'),
    failed: unmended > 0 || away.length > 0,
  };
}
