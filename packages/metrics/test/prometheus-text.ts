/** A strict reader of Prometheus text format 0.0.4: throws where Prometheus would, or where `promtool check` would complain. */
export interface Family {
  type: string;
  help: string;
  samples: { name: string; labels: Record<string, string>; value: number }[];
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]Inf|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\n"])*)"(?:,(?!$)|$)/;

export function parsePrometheus(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line must end in a line feed');
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let help: [string, string] | undefined;
  let current: [string, Family] | undefined;

  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (comment !== null) {
      const [, keyword, name, rest] = comment as unknown as [string, string, string, string];
      if (keyword === 'HELP') { help = [name, rest]; continue; }
      if (help?.[0] !== name) throw new Error(`${name} has no HELP right before its TYPE`);
      if (families.has(name)) throw new Error(`${name} appears twice`);
      if (!['counter', 'gauge', 'histogram'].includes(rest)) throw new Error(`${name} has unknown type ${rest}`);
      if ((rest === 'counter') !== name.endsWith('_total')) throw new Error(`${name}: counters, and only they, end in _total`);
      current = [name, { type: rest, help: help[1], samples: [] }];
      families.set(...current);
      continue;
    }
    const sample = SAMPLE.exec(line);
    if (sample === null) throw new Error(`not a sample: ${line}`);
    const [, name, labelText = '', value] = sample as unknown as [string, string, string | undefined, string];
    if (current === undefined || !belongs(name, current)) throw new Error(`${name} stands outside its family`);
    const identity = `${name}{${labelText}}`;
    if (seen.has(identity)) throw new Error(`${identity} appears twice`);
    seen.add(identity);
    current[1].samples.push({ name, labels: parseLabels(labelText), value: Number(value.replace('Inf', 'Infinity')) });
  }
  for (const [name, family] of families) if (family.type === 'histogram') checkHistogram(name, family);
  return families;
}

const belongs = (sample: string, [name, { type }]: [string, Family]): boolean =>
  (type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`].includes(sample) : sample === name);

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const match = LABEL.exec(rest);
    if (match === null) throw new Error(`not a label: ${rest}`);
    const [whole, name, value] = match as unknown as [string, string, string];
    if (name in labels) throw new Error(`label ${name} appears twice`);
    labels[name] = value.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
    rest = rest.slice(whole.length);
  }
  return labels;
}

/** Buckets are cumulative, ascending, end in +Inf, and that one equals the count. */
function checkHistogram(name: string, { samples }: Family): void {
  let below = -Infinity;
  let total = 0;
  for (const sample of samples.filter((each) => each.name === `${name}_bucket`)) {
    const bound = Number(sample.labels['le']?.replace('Inf', 'Infinity'));
    if (!(bound > below) && below !== Infinity) throw new Error(`${name}: bucket bounds must ascend`);
    if (below === Infinity) total = 0;
    if (sample.value < total) throw new Error(`${name}: buckets must be cumulative`);
    [below, total] = [bound, sample.value];
  }
  if (samples.length > 0 && below !== Infinity) throw new Error(`${name}: the last bucket must be +Inf`);
}
