import { expect, it } from '@jest/globals';
import { baselineOf, reportHtml, reportMarkdown, type Analysis } from '../../src/analysis/index.ts';
import { analysisOf, role } from './sample-analysis.ts';

const before = baselineOf(analysisOf(role('world', { 'a.ts': 6_000, 'b.ts': 4_000 }), role('old', { 'a.ts': 1 })));
const now: Analysis = {
  ...analysisOf(role('world', { 'a.ts': 6_400, 'b.ts': 3_500, '@beamline/ecs/src/table.ts': 1_200 }), role('battle', { 'a.ts': 640 })),
  advice: [{ rule: 'lua-library', role: 'world', say: 'a Map | costs <much>', savesBytes: 3_100 }],
  duplicates: [{ path: 'a.ts', bytes: { world: 6_400, battle: 640 }, extraBytes: 640 }],
};

it('writes Markdown with growth, what changed most and why, and advice', () => {
  expect(reportMarkdown(now, before)).toBe(`### Bundle sizes

| role | before | after | growth | gzip |
|---|--:|--:|--:|--:|
| world | 10,000 | 11,100 | +1,100 (+11.0 %) | +550 |
| battle | new | 640 | +640 | +320 |
| old | 1 | gone | −1 (−100.0 %) | −1 |

**What changed most**

| module | role | bytes | why it is there |
|---|---|--:|---|
| @beamline/ecs/src/table.ts | world | +1,200 | main.ts → barrel.ts |
| b.ts | world | −500 | main.ts → barrel.ts |
| a.ts | world | +400 | main.ts → barrel.ts |

1 module is in more than one role, 640 bytes more than once.

**What would save most** (bytes)

- **world, −3,100**: a Map \\| costs &lt;much>
`);
});

it('writes Markdown with what is largest when there is nothing to compare with', () => {
  const text = reportMarkdown(now);
  expect(text).toContain('| world | 11,100 | 5,550 |  |');
  expect(text).toContain('| world | a.ts | 6,400 | 57.7 % |');
});

it('stays short', () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`m${index}.ts`, 100 + index]));
  const text = reportMarkdown({ ...analysisOf(role('world', many)), advice: Array.from({ length: 40 }, () => now.advice[0]!) }, before);
  expect(text.split('\n').length).toBeLessThan(35);
  expect(text).toContain('and 35 more');
});

it('writes a page that names nothing outside of itself and takes no text for markup', () => {
  const page = reportHtml({ ...now, advice: [{ ...now.advice[0]!, say: '<img src=x onerror=alert(1)>' }] }, { title: 'a "game" & <more>', baseline: before });
  expect(page).not.toMatch(/(?:src|href)=["']|https?:|url\(|@import/);
  expect(page).toContain("default-src 'none'");
  expect(page).not.toContain('<img');
  expect(page).toContain('a &quot;game&quot; &amp; &lt;more&gt;');
});

it('says what a row of each component takes', () => {
  const components = [{ name: 'Health', codeBytes: 70, columns: 2, texts: 0, pageRowBytes: 4, messageRowBytes: { least: 4, most: 12 } }, { name: 'Name', codeBytes: 30, columns: 2, texts: 2, pageRowBytes: 8, messageRowBytes: { least: 2, most: 2 } }];
  const sized = analysisOf({ ...role('world', { 'a.ts': 6_000 }), components, encoderBytes: 1_234 });
  const text = reportMarkdown(sized);
  expect(text).toContain('| world | Name | 30 | 8 + 2 texts | 2 + 2 texts |\n| world | Health | 70 | 4 | 4–12 |');
  expect(reportHtml(sized, { title: 'game' })).toMatch(/Rows of components \(what encodes them: 1,234 bytes\)[^]*<td>Health<\/td><td class="n">70<\/td>/);
});
