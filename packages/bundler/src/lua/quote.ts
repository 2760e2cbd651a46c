const NAMED: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

/** A Lua string literal in ASCII; `value` holds one character per byte. Bytes outside ASCII become `\ddd`. */
export function quote(value: string): string {
  const delimiter = count(value, '"') > count(value, "'") ? "'" : '"';
  let out = delimiter;
  for (let index = 0; index < value.length; index += 1) {
    const char = value[index] ?? '';
    const code = value.charCodeAt(index);
    if (char === delimiter) out += `\\${char}`;
    else if (NAMED[char]) out += NAMED[char];
    else if (code >= 32 && code < 127) out += char;
    else out += `\\${/[0-9]/.test(value[index + 1] ?? '') ? String(code).padStart(3, '0') : code}`;
  }
  return out + delimiter;
}

function count(value: string, char: string): number {
  return value.split(char).length - 1;
}
