import { actionText, eventText, systemText } from './play.ts';
import { columnText, ruleText, tableText } from './state.ts';
import { debugText, inventoryText, nameText } from './texts.ts';

export const FILES_PER_FEATURE = 10;

/** One feature of the game: what its programs use of it is about half. */
export function featureFiles(index: number): Record<string, string> {
  const folder = `features/f${index}`;
  const modules: Record<string, string> = {
    columns: columnText(index), table: tableText(index), rules: ruleText(index), systems: systemText(index), actions: actionText(index),
    names: nameText(index), events: eventText(index), inventory: inventoryText(index), debug: debugText(index),
  };
  const files = Object.fromEntries(Object.entries(modules).map(([name, text]) => [`${folder}/${name}.ts`, text]));
  return { ...files, [`${folder}/index.ts`]: Object.keys(modules).map((name) => `export * from './${name}.ts';\n`).join('') };
}
