import type { Analysis, ComponentSize, RoleSizes } from './analysis.ts';
import type { SizesBaseline } from './baseline.ts';
import { growthSince, type RoleGrowth } from './growth.ts';

const SHOWN = 5;

/** A short report for a pull request: roles with their growth, what changed most, advice. Without a baseline, what is largest. */
export function reportMarkdown(analysis: Analysis, baseline?: SizesBaseline): string {
  const growth = baseline && growthSince(baseline, analysis);
  const advice = analysis.advice.slice(0, SHOWN).map(({ role, say, savesBytes }) => `- **${role}, −${number(savesBytes)}**: ${escape(say)}`);
  const left = analysis.advice.length - SHOWN;
  return [
    '### Bundle sizes', '',
    ...(growth ? growthTable(growth) : sizeTable(Object.values(analysis.roles))), '',
    ...(growth ? changes(growth) : largest(Object.values(analysis.roles))),
    ...widest(Object.values(analysis.roles)),
    ...(analysis.duplicates.length === 0 ? [] : [shared(analysis), '']),
    ...(advice.length === 0 ? [] : ['**What would save most** (bytes)', '', ...advice, ...(left > 0 ? [`- and ${left} more: \`beamline bundle --report html\``] : []), '']),
  ].join('\n');
}

function sizeTable(roles: readonly RoleSizes[]): string[] {
  return [
    '| role | minified | gzip | raw |', '|---|--:|--:|--:|',
    ...roles.map(({ role, bytes, gzipBytes, rawBytes }) => `| ${role} | ${number(bytes)} | ${number(gzipBytes)} | ${rawBytes === undefined ? '' : number(rawBytes)} |`),
  ];
}

function growthTable(growth: readonly RoleGrowth[]): string[] {
  return [
    '| role | before | after | growth | gzip |', '|---|--:|--:|--:|--:|',
    ...growth.map(({ role, before, after, percent, gzipBefore, gzipAfter }) =>
      `| ${role} | ${before === 0 ? 'new' : number(before)} | ${after === 0 ? 'gone' : number(after)} | ${signed(after - before)}${percent === undefined || percent === 0 ? '' : ` (${percent > 0 ? '+' : '−'}${Math.abs(percent).toFixed(1)} %)`} | ${signed(gzipAfter - gzipBefore)} |`),
  ];
}

function changes(growth: readonly RoleGrowth[]): string[] {
  // Of a role that is new or gone every module has changed: the table above says it.
  const list = growth.filter(({ before, after }) => before > 0 && after > 0).flatMap(({ role, modules }) => modules.map((module) => ({ role, ...module, by: module.after - module.before })))
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by));
  if (list.length === 0) return ['Nothing changed.', ''];
  return [
    '**What changed most**', '', '| module | role | bytes | why it is there |', '|---|---|--:|---|',
    ...list.slice(0, SHOWN).map(({ name, role, by, why }) => `| ${escape(name)} | ${role} | ${signed(by)} | ${escape(shortWay(why.slice(0, -1))) || (why.length === 0 ? 'gone' : 'the entry')} |`),
    ...(list.length > SHOWN ? ['', `and ${list.length - SHOWN} more.`] : []), '',
  ];
}

function largest(roles: readonly RoleSizes[]): string[] {
  return [
    '**Largest modules**', '', '| role | module | minified | share |', '|---|---|--:|--:|',
    ...roles.flatMap(({ role, modules }) => modules.slice(0, 3).map(({ path, bytes, share }) => `| ${role} | ${escape(path)} | ${number(bytes)} | ${(share * 100).toFixed(1)} % |`)), '',
  ];
}

function widest(roles: readonly RoleSizes[]): string[] {
  const list = roles.flatMap(({ role, components = [] }) => components.map((component) => ({ role, ...component }))).sort((a, b) => b.pageRowBytes - a.pageRowBytes);
  if (list.length === 0) return [];
  return [
    '**Widest rows** (bytes)', '', '| role | component | code | row on disk | row in messages |', '|---|---|--:|--:|--:|',
    ...list.slice(0, SHOWN).map((each) => `| ${each.role} | ${escape(each.name)} | ${number(each.codeBytes)} | ${each.pageRowBytes}${withTexts(each)} | ${rangeOf(each)}${withTexts(each)} |`), '',
  ];
}

const withTexts = ({ texts }: ComponentSize): string => (texts === 0 ? '' : ` + ${texts === 1 ? 'a text' : `${texts} texts`}`);
const rangeOf = ({ messageRowBytes: { least, most } }: ComponentSize): string => (least === most ? String(most) : `${least}–${most}`);

function shared({ duplicates }: Analysis): string {
  const extra = duplicates.reduce((sum, { extraBytes }) => sum + extraBytes, 0);
  return `${duplicates.length} ${duplicates.length === 1 ? 'module is' : 'modules are'} in more than one role, ${number(extra)} bytes more than once.`;
}

/** Both ends of a long way. */
const shortWay = (way: readonly string[]): string => (way.length > 3 ? [way[0], '…', way.at(-1)] : way).join(' → ');
const number = (value: number): string => value.toLocaleString('en-US');
const signed = (value: number): string => (value === 0 ? '0' : `${value > 0 ? '+' : '−'}${number(Math.abs(value))}`);
const escape = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
