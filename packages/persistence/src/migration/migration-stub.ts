import type { Layout, LayoutComponent, LayoutField } from '@beamline/ecs';
import type { FieldSpec } from './migration.ts';
import { isRetypable, isWider } from './retype.ts';
import { suggestRenames } from './suggest-renames.ts';

export interface StubOptions {
  id: number;
  name: string;
  role: string;
  from: Layout;
  to: Layout;
}

/** A step as source, and what to think about in front of it. */
interface StubStep {
  code: string;
  note: string;
}

/**
 * TypeScript source of a migration that leads from one layout to the other, renames taken as suggested; every decision
 * it makes for its author is a comment. It compiles, and keeps a description of the components before, so that misspelt
 * fields do not.
 */
export function migrationStub({ id, name, role, from, to }: StubOptions): string {
  const steps = stepsBetween(from, to);
  const touched = from.components.filter((component) => steps.some(({ code }) => code.includes(reference(component.name))));
  const body = steps.map(({ code }) => code).join('\n');
  const described = touched.map((component) => `  ${key(component.name)}: component(${quote(component.name)}, ${fieldsOf(component.fields)}),`);
  const kinds = ['array', 'fixed', 'bool', 'eid', 'f64', 'i16', 'i32', 'i53', 'i8', 'str', 'u16', 'u32', 'u8'];
  const functions = ['addComponent', 'addField', 'calc', 'dropComponent', 'dropField', 'map', 'renameComponent', 'renameField', 'widen'];
  const uses = (text: string) => (word: string): boolean => new RegExp(`\\b${word}\\b(?!')`).test(text);
  const fromEcs = [...(touched.length > 0 ? ['component'] : []), ...kinds.filter(uses(`${body}\n${described.join('\n')}`))].sort();
  return [
    ...(fromEcs.length > 0 ? [`import { ${fromEcs.join(', ')} } from '@beamline/ecs';`] : []),
    `import { ${[...functions.filter(uses(body)), 'migration'].sort().join(', ')} } from '@beamline/persistence';`,
    '',
    ...(touched.length > 0 ? ['// Components as they were: a migration outlives the sources of its time.', 'const before = {', ...described, '};', ''] : []),
    `export const ${identifier(name)} = migration({`,
    `  id: ${id},`,
    `  name: ${quote(name)},`,
    `  from: { role: ${quote(role)} },`,
    '  steps: [',
    ...steps.flatMap(({ code, note }) => [...(note === '' ? [] : [`    // ${note}`]), `    ${code},`]),
    '  ],',
    '});',
    '',
  ].join('\n');
}

function stepsBetween(from: Layout, to: Layout): StubStep[] {
  const renames = suggestRenames(from, to);
  const newName = (old: string): string => renames.find((rename) => rename.from === old)?.to ?? old;
  const steps: StubStep[] = [];
  const last: StubStep[] = [];
  for (const before of from.components) {
    const after = to.components.find(({ name }) => name === newName(before.name));
    if (after === undefined) {
      steps.push({ code: `dropComponent(${reference(before.name)})`, note: `All values of ${before.name} are forgotten. Should some of them move, split or merge first.` });
      continue;
    }
    steps.push(...fieldSteps(before, after));
    // Last, so that the steps before it can use the descriptions under the old name.
    if (after.name !== before.name) last.push({ code: `renameComponent(${reference(before.name)}, ${quote(after.name)})`, note: `Was ${before.name} renamed to ${after.name}?` });
  }
  const known = from.components.map(({ name }) => newName(name));
  for (const { name, fields } of to.components) {
    if (known.includes(name)) continue;
    last.push({ code: `addComponent(${quote(name)}, { fields: ${fieldsOf(fields)} })`, note: `No entity has ${name}: give \`on\` a component whose holders get it, and \`values\`.` });
  }
  return [...steps, ...last];
}

function fieldSteps(before: LayoutComponent, after: LayoutComponent): StubStep[] {
  const renames = suggestRenames({ format: 1, components: [before] }, { format: 1, components: [{ ...after, name: before.name }] });
  const own = reference(before.name);
  const steps: StubStep[] = [];
  const reached = new Set<string>();
  for (const field of before.fields) {
    const rename = renames.find(({ from }) => from === `${before.name}.${field.name}`)?.to.split('.')[1];
    const now = after.fields.find(({ name }) => name === (rename ?? field.name));
    if (now !== undefined) reached.add(now.name);
    if (now === undefined) steps.push({ code: `dropField(${own}, ${quote(field.name)})`, note: `All values of ${before.name}.${field.name} are forgotten.` });
    else if (rename !== undefined) steps.push({ code: `renameField(${own}, ${quote(field.name)}, ${quote(rename)})`, note: `Was ${field.name} renamed to ${rename}?` });
    else if (typeCode(field) !== typeCode(now)) steps.push(...retypeSteps(own, before.name, field, now));
  }
  for (const field of after.fields) {
    if (reached.has(field.name)) continue;
    steps.push({ code: `addField(${own}, ${quote(field.name)}, ${typeCode(field)}, ${field.type === 'str' ? "''" : 0})`, note: `What every ${before.name} starts with.` });
  }
  return steps;
}

function retypeSteps(own: string, component: string, field: LayoutField, now: LayoutField): StubStep[] {
  const types = `from: ${typeCode(field)}, to: ${typeCode(now)}`;
  const place = `${own}, ${quote(field.name)}`;
  if (isRetypable(field, now)) return [{ code: `widen(${place}, { ${types} })`, note: isWider(field, now) ? '' : 'Values that do not fit are refused; onMisfit: \'clamp\' takes the nearest.' }];
  if (field.type === 'str' && now.type !== 'eid' && now.type !== 'f64') {
    return [{ code: `map(${place}, { ${types}, by: calc.find([], 0) })`, note: 'List the texts in the order of their numbers.' }];
  }
  if (now.type === 'str' && field.type !== 'eid' && field.type !== 'f64') {
    return [{ code: `map(${place}, { ${types}, by: calc.text([], calc.value, '') })`, note: 'List the texts in the order of their numbers.' }];
  }
  return [
    { code: `dropField(${place})`, note: `${component}.${field.name} changes its kind: its values are forgotten.` },
    { code: `addField(${place}, ${typeCode(now)}, ${now.type === 'str' ? "''" : 0})`, note: '' },
  ];
}

function fieldsOf(fields: readonly FieldSpec[]): string {
  return fields.length === 0 ? '{}' : `{ ${fields.map((field) => `${key(field.name)}: ${typeCode(field)}`).join(', ')} }`;
}

function typeCode({ type, length, scale }: FieldSpec): string {
  const one = scale > 0 ? `fixed(${scale})` : type;
  return length > 1 ? `array(${one}, ${length})` : one;
}

const quote = (text: string): string => `'${text}'`; // names are letters, digits, _ and -
const isIdentifier = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);
const key = (name: string): string => (isIdentifier(name) ? name : quote(name));
const reference = (name: string): string => (isIdentifier(name) ? `before.${name}` : `before[${quote(name)}]`);
const identifier = (name: string): string => {
  const camel = name.replaceAll(/[^A-Za-z0-9]+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase()).replaceAll(/[^A-Za-z0-9]/g, '');
  return /^[A-Za-z]/.test(camel) ? camel : `migration${camel}`;
};
