import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { describeError, Fault, isFault } from '@beamline/core';
import { createManualClock } from '@beamline/core/testing';

it("runs the README's example to the results it promises", async () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const example = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const printed: string[] = [];
  const body = example.replace(/^import .*$/gm, '');
  const run = new Function('describeError', 'Fault', 'isFault', 'createManualClock', 'console', `return (async () => {${body}})()`) as (...parts: unknown[]) => Promise<void>;
  await run(describeError, Fault, isFault, createManualClock, { log: (...values: unknown[]) => printed.push(values.join(' ')) });
  expect(printed).toEqual(['true 12', 'game/no-save: slot 12 has no save\n  Take a snapshot first.', '1500']);
});
