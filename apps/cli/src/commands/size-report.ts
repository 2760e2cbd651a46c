import { rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '@beamline/core';
import { reportHtml, reportMarkdown, type BuiltRelease } from '@beamline/stack';

const FORMATS = ['json', 'markdown', 'html'] as const;
export type ReportFormat = (typeof FORMATS)[number];

export function reportFormat(text: string | undefined): ReportFormat | undefined {
  if (text === undefined) return undefined;
  const format = FORMATS.find((each) => each === text);
  if (format !== undefined) return format;
  throw new Fault('cli/flags', `--report ${text}: there is no such report`, { hint: `Reports are ${FORMATS.join(', ')}.` });
}

export function printReport(format: ReportFormat, { sizes, baseline, release: { game, version } }: BuiltRelease): string {
  if (sizes === undefined) throw new RangeError('a report needs an analysis');
  if (format === 'markdown') return reportMarkdown(sizes, baseline);
  if (format === 'html') return reportHtml(sizes, { title: `${game} ${version}`, baseline });
  return `${JSON.stringify({ ...sizes, ...(baseline && { baseline }) }, null, 2)}\n`;
}

/** Replaces an earlier report whole. Gives the path. */
export async function writeReport(cwd: string, out: string, report: string): Promise<string> {
  const path = resolve(cwd, out);
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, report);
  await rename(draft, path);
  return path;
}
