/** Text of others inside a line of Markdown: it starts no table cell, tag, link or mention of its own. */
export const inline = (text: string | number): string =>
  String(text).replace(/\s+/g, ' ').replace(/[\\`*_[\]|<>]/g, (mark) => `\\${mark}`).replace(/@(?=\w)/g, '@\u200b');

export const markdownTable = (header: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] => [
  `| ${header.join(' | ')} |`,
  `|${rows[0]?.map((cell) => (typeof cell === 'number' ? '--:' : '---')).join('|') ?? header.map(() => '---').join('|')}|`,
  ...rows.map((row) => `| ${row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en-US') : inline(cell))).join(' | ')} |`),
];
