import { asciiText, isPrintable } from '#target';

/** A JSON string in ASCII. */
export function quote(text: string): string {
  if (isPrintable(text) && text.indexOf('"') < 0 && text.indexOf('\\') < 0) return `"${text}"`;
  let out = '';
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== 34 && unit !== 92) continue;
    out = `${out}${asciiText(text.substring(start, at))}\\${unit === 34 ? '"' : '\\'}`;
    start = at + 1;
  }
  return `"${out}${asciiText(text.substring(start))}"`;
}
