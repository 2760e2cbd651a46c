import type { Analysis, ComponentSize, RoleSizes, Size } from './analysis.ts';
import type { SizesBaseline } from './baseline.ts';
import { escapeHtml } from './escape-html.ts';
import { growthSince, type RoleGrowth } from './growth.ts';
import { SCRIPT, STYLE } from './report-style.ts';
import { legend, treemap, type Leaf } from './treemap.ts';

export interface HtmlOptions {
  /** Such as the game's name and version. */
  title: string;
  /** Draws what was beside what is. */
  baseline?: SizesBaseline | undefined;
}

/** One page with treemaps, tables and advice, that asks the network for nothing. */
export function reportHtml(analysis: Analysis, { title, baseline }: HtmlOptions): string {
  const growth = baseline && growthSince(baseline, analysis);
  const roles = Object.values(analysis.roles);
  const most = Math.max(...roles.map(({ bytes }) => bytes), ...(growth ?? []).map(({ before }) => before), 1);
  const total = roles.reduce((sum, { bytes }) => sum + bytes, 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(title)}: bundle sizes</title>
<style>${STYLE}</style>
</head>
<body><main>
<h1>${escapeHtml(title)}</h1>
<p class="soft">${plural(roles.length, 'role')}, ${bytes(total)} minified. An area is as large as its bytes; point at one, or walk with Tab and the arrow keys.</p>
${legend(new Set(roles.flatMap(({ modules }) => modules.map(({ origin }) => origin))))}
${adviceSection(analysis)}
${roles.map((role) => roleSection(role, most, growth?.find((each) => each.role === role.role), baseline)).join('\n')}
${sharedSection(analysis)}
</main><script>${SCRIPT}</script></body>
</html>
`;
}

function roleSection(sizes: RoleSizes, most: number, growth: RoleGrowth | undefined, baseline: SizesBaseline | undefined): string {
  const { role, modules, parts, components = [] } = sizes;
  const before = baseline?.roles[role]?.modules;
  const leaves = modules.map((module): Leaf => {
    const was = before?.[module.path] ?? 0;
    const change = before ? module.bytes - was : 0;
    return { path: module.path, bytes: module.bytes, change, about: `${measures(module)}${change === 0 ? '.' : `; ${signed(change)} since ${bytes(was)}.`} Here because of ${module.why.join(' › ')}` };
  });
  const after = treemap(leaves, { label: `Modules of ${role} by size`, most, half: before !== undefined });
  const earlier = before && treemap(Object.entries(before).map(([path, was]): Leaf => ({
    path, bytes: was, change: 0, about: `${bytes(was)} before, ${bytes(modules.find((each) => each.path === path)?.bytes ?? 0)} now.`,
  })), { label: `Modules of ${role} before`, most, half: true });
  return `<section data-role="${escapeHtml(role)}"><div class="head"><h2>${escapeHtml(role)}</h2><span>${bytes(sizes.bytes)}</span><span class="soft">${bytes(sizes.gzipBytes)} gzip${sizes.rawBytes === undefined ? '' : `, ${bytes(sizes.rawBytes)} readable`}</span>${grown(growth)}</div>
${earlier === undefined ? `<div class="maps">${after}</div>` : `<div class="maps two"><div><h3>Before</h3>${earlier}</div><div><h3>Now</h3>${after}</div></div>`}
<p class="about soft" aria-live="polite">Nothing chosen.</p>
<details><summary>Systems, components, actions</summary>${table(['name', 'kind', 'own bytes', 'would save', 'share', 'defined in'], parts.map((part) => [part.name, part.kind, part.bytes, part.savedBytes, percent(part.share), `${part.module}:${part.line}`]))}</details>
${rowsOf(components, sizes.encoderBytes ?? 0)}<details><summary>All ${modules.length} modules</summary>${table(['module', 'minified', 'readable', 'gzip', 'share', 'because of'], modules.map((module) => [module.path, module.bytes, module.rawBytes ?? '', module.gzipBytes, percent(module.share), module.why.slice(0, -1).join(' › ')]))}</details></section>`;
}

function rowsOf(components: readonly ComponentSize[], encoders: number): string {
  if (components.length === 0) return '';
  return `<details><summary>Rows of components (what encodes them: ${bytes(encoders)})</summary>${table(['component', 'code', 'columns', 'texts', 'row on disk', 'row in messages, least', 'most'], components.map((each) => [each.name, each.codeBytes, each.columns, each.texts, each.pageRowBytes, each.messageRowBytes.least, each.messageRowBytes.most]))}</details>
`;
}

function adviceSection({ advice }: Analysis): string {
  if (advice.length === 0) return '';
  return `<section><div class="head"><h2>What would save most</h2></div><ol>${advice.slice(0, 12).map(({ role, say, savesBytes }) => `<li><b>${bytes(savesBytes)}</b> in ${escapeHtml(role)}: ${escapeHtml(say)}</li>`).join('')}</ol></section>`;
}

function sharedSection({ duplicates }: Analysis): string {
  if (duplicates.length === 0) return '';
  const roles = [...new Set(duplicates.flatMap(({ bytes: each }) => Object.keys(each)))];
  return `<section><div class="head"><h2>In several roles</h2><span class="soft">${bytes(duplicates.reduce((sum, { extraBytes }) => sum + extraBytes, 0))} more than once</span></div><details><summary>${plural(duplicates.length, 'module')}</summary>${table(['module', ...roles], duplicates.map(({ path, bytes: each }) => [path, ...roles.map((role) => each[role] ?? '')]))}</details></section>`;
}

function grown(growth: RoleGrowth | undefined): string {
  if (growth === undefined) return '';
  const by = growth.after - growth.before;
  if (growth.before === 0) return '<span class="soft">new</span>';
  return `<span class="${by > 0 ? 'grew-text' : by < 0 ? 'shrank-text' : 'soft'}">${by === 0 ? 'unchanged' : `${signed(by)} (${(growth.percent ?? 0).toFixed(1)} %)`}</span>`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const numeric = head.map((_, column) => rows.some((row) => typeof row[column] === 'number' || /%$/.test(String(row[column]))));
  const cell = (tag: 'td' | 'th', value: string | number, column: number) =>
    `<${tag}${numeric[column] ? ' class="n"' : ''}>${typeof value === 'number' ? value.toLocaleString('en-US') : escapeHtml(value)}</${tag}>`;
  return `<div class="scroll"><table><thead><tr>${head.map((name, column) => cell('th', name, column)).join('')}</tr></thead><tbody>${rows.map((row) => `<tr>${row.map((value, column) => cell('td', value, column)).join('')}</tr>`).join('')}</tbody></table></div>`;
}

const measures = ({ bytes: own, rawBytes, gzipBytes, share }: Size): string =>
  `${bytes(own)} minified, ${percent(share)} of the role, ${bytes(gzipBytes)} gzip${rawBytes === undefined ? '' : `, ${bytes(rawBytes)} readable`}`;
const bytes = (value: number): string => `${value.toLocaleString('en-US')} bytes`;
const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const signed = (value: number): string => `${value > 0 ? '+' : '−'}${Math.abs(value).toLocaleString('en-US')}`;
