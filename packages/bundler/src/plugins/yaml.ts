import { parse, YAMLParseError } from 'yaml';
import type { Plugin } from '../plugin.ts';
import { dataFiles } from './data-file.ts';

/** `import items from './items.yaml'`, `require("./items.yaml")`: YAML 1.2 as JSON would be, with aliases and merges resolved. */
export function yaml(): Plugin {
  return dataFiles({
    name: 'yaml', options: {}, endings: /\.ya?ml$/,
    parse(text) {
      try {
        return parse(text, { merge: true, logLevel: 'error' });
      } catch (cause) {
        const [start] = cause instanceof YAMLParseError ? cause.linePos ?? [] : [];
        throw Object.assign(new Error((cause as Error).message.split('\n')[0], { cause }), start && { line: start.line, column: start.col });
      }
    },
  });
}
