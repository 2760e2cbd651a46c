import { Fault } from '@beamline/core';
import { missingEntries, printEntry } from './allow-list.ts';
import type { RehearsalReport } from './report.ts';

/** @throws Fault `deployer/rehearsal-failed`, with the entries of the allow-list that would let it pass */
export function assertRehearsed(report: RehearsalReport): void {
  if (report.outcome === 'passed') return;
  const entries = missingEntries(report);
  const problems = report.fork?.problems ?? [];
  const more = report.instances.reduce((sum, instance) => sum + instance.more, 0);
  const told = [
    ...report.instances.flatMap(({ instance, differences }) => differences.filter(({ allowed }) => !allowed).slice(0, MOST).map(
      ({ kind, at, count, source }) => `${instance}: ${kind} ${at}, ${count} times${source === undefined ? '' : `, at ${source}`}`)),
    ...(more === 0 ? [] : [`${more} more places differ`]),
    ...problems.slice(0, MOST).map((problem) => `smoke test on a fork: ${problem}`),
  ];
  throw new Fault('deployer/rehearsal-failed', `the new release does something else than the one that runs:\n${told.join('\n')}`, {
    hint: entries.length === 0 ? 'Nothing was done.' : `Nothing was done. What is intended belongs into rehearsal.allow of the environment:\n${entries.slice(0, MOST).map((entry) => `  ${printEntry(entry)},`).join('\n')}`,
    details: { differences: entries.length, more, problems: problems.length },
  });
}

/** Sentences in one message; the report has all. */
const MOST = 10;
