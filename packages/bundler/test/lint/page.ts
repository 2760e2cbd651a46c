import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../docs/determinism/', import.meta.url);

export interface Page {
  rule: string;
  text: string;
  bad: string;
  good: string;
  /** The bad example gives something else in Lua, or nothing. */
  differs: boolean;
}

/** The pages of explanation, with the examples taken out. */
export function readPages(): Page[] {
  return readdirSync(folder).filter((name) => name !== 'directive.md').sort().map((name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const example = (kind: string) => new RegExp('```ts ' + kind + '\n([\\s\\S]*?)```').exec(text)?.[1] ?? '';
    return { rule: name.replace(/\.md$/, ''), text, bad: example('bad(?: differs)?'), good: example('good'), differs: text.includes('```ts bad differs') };
  });
}
