export { csv, type CsvOptions } from './csv.ts';
export { yaml } from './yaml.ts';
export type { Plugin, PluginFiles } from '../plugin.ts';
