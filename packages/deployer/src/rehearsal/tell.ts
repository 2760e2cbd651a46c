import { missingEntries, printEntry } from './allow-list.ts';
import type { CostPair, Difference, DifferenceExample, RehearsalReport, RehearsedInstance } from './report.ts';

/** A report for people, without colours. */
export function rehearsalText(report: RehearsalReport): string {
  const { instances, skipped, fork } = report;
  const entries = missingEntries(report);
  return [
    headline(report),
    ...instances.flatMap((instance) => [about(instance), ...instance.differences.flatMap(differenceText), ...costLines(instance).map((line) => `  ${line}`)]),
    ...(skipped.length === 0 ? [] : [`${skipped.join(', ')}: new, nothing to rehearse`]),
    ...(fork === undefined ? [] : [forked(fork), ...fork.problems.map((problem) => `  ${problem}`)]),
    ...(entries.length === 0 ? [] : ['What of this is intended belongs into rehearsal.allow of the environment:', ...entries.map((entry) => `  ${printEntry(entry)},`)]),
  ].join('\n');
}

/** The same for a pull request. */
export function rehearsalMarkdown(report: RehearsalReport): string {
  const { instances, skipped, fork } = report;
  const entries = missingEntries(report);
  return [
    `### ${headline(report)}`,
    ...instances.flatMap((instance) => ['', `**${about(instance)}**`, ...differenceTable(instance), ...costTable(instance)]),
    ...(skipped.length === 0 ? [] : ['', `New, nothing to rehearse: ${skipped.join(', ')}`]),
    ...(fork === undefined ? [] : ['', forked(fork), ...fork.problems.map((problem) => `- ${cell(problem)}`)]),
    ...(entries.length === 0 ? [] : ['', 'What of this is intended belongs into `rehearsal.allow` of the environment:', '```ts', ...entries.map((entry) => `${printEntry(entry)},`), '```']),
    '',
  ].join('\n');
}

const headline = ({ outcome, instances, chaos }: RehearsalReport): string => {
  const messages = instances.reduce((sum, instance) => sum + instance.messages, 0);
  return `Rehearsal ${outcome}: ${messages} messages through both releases${chaos === undefined ? '' : `, chaos with seed ${chaos}`}`;
};

function about({ instance, messages, from, to, short, differences, more, chaos }: RehearsedInstance): string {
  const failing = differences.filter(({ allowed }) => !allowed).length + more;
  const allowed = differences.length + more - failing;
  const verdict = differences.length + more === 0 ? 'nothing differs' : `${failing} ${failing === 1 ? 'place differs' : 'places differ'}${allowed === 0 ? '' : `, ${allowed} as allowed`}`;
  const what = chaos === undefined ? '' : ` (${chaos.reordered} in another order, ${chaos.delayed} late, ${chaos.duplicated} twice, killed ${chaos.killed} times)`;
  return `${instance}: ${verdict}; ${messages} messages, slots ${from + 1} to ${to}${short === undefined ? '' : `: ${short}`}${what}`;
}

const forked = ({ instances, problems }: NonNullable<RehearsalReport['fork']>): string =>
  `Smoke tests on a fork of ${instances.length} ${instances.length === 1 ? 'process' : 'processes'}: ${problems.length === 0 ? 'no problem' : `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`}`;

function differenceText({ kind, at, count, examples, source, allowed }: Difference): string[] {
  return [
    `  ${allowed ? 'allowed' : 'DIFFERS'}  ${kind} ${at}, ${count} times${source === undefined ? '' : `, at ${source}`}`,
    ...(allowed ? [] : examples.map((example) => `             ${exampleText(example)}`)),
  ];
}

const exampleText = ({ slot, entity, old, new: now }: DifferenceExample): string =>
  `slot ${slot}${entity === undefined ? '' : `, entity ${entity}`}: ${old ?? 'nothing'} → ${now ?? 'nothing'}`;

function costLines({ cost: { message, systems, counted } }: RehearsedInstance): string[] {
  if (counted === 0) return [];
  return [`a message takes ${change(message)} instructions`, ...systems.filter(({ old, new: now }) => old !== now).map((system) => `system ${system.name}: ${change(system)}`)];
}

/** `6380 → 6833 (× 1.07)` */
function change({ old, new: now }: CostPair): string {
  if (old === now) return `${old ?? 0}`;
  return `${old ?? 0} → ${now ?? 0}${old === undefined || now === undefined ? '' : ` (× ${(now / old).toFixed(2)})`}`;
}

function differenceTable({ differences, more }: RehearsedInstance): string[] {
  if (differences.length === 0) return [];
  const rows = differences.map(({ kind, at, count, examples: [example], source, allowed }) =>
    `| ${allowed ? 'allowed' : '**differs**'} | ${kind} | \`${cell(at)}\` | ${count} | ${example === undefined ? '' : cell(exampleText(example))}${source === undefined ? '' : ` at \`${cell(source)}\``} |`);
  return ['', '| | what | where | count | for example |', '|---|---|---|---|---|', ...rows, ...(more === 0 ? [] : ['', `${more} more places differ.`])];
}

function costTable({ cost: { message, systems, counted } }: RehearsedInstance): string[] {
  if (counted === 0) return [];
  return ['', '| instructions of a message | old | new | |', '|---|---|---|---|', ...[message, ...systems].map(({ name, old, new: now }) =>
    `| ${name === 'message' ? 'all' : cell(name)} | ${old ?? ''} | ${now ?? ''} | ${old === undefined || now === undefined ? '' : `× ${(now / old).toFixed(2)}`} |`)];
}

/** What would end a cell, a line or a code span, or call somebody, is no part of it. */
const cell = (text: string): string => text.replaceAll(/[|`<>\r\n]/g, (char) => ({ '|': '\\|', '`': "'", '<': '&lt;', '>': '&gt;' })[char] ?? ' ').replaceAll(/@(?=\w)/g, '@\u200b');
