import { PassThrough } from 'node:stream';
import { expect, it } from '@jest/globals';
import { systemClock } from '@beamline/core';
import { createMemoryTimeline, stateMachineOf, type Happening } from '@beamline/stack';
import { advance, drawMachine, standingAtStart, type MachineView } from '../src/progress/machine-view.ts';
import { followDeployment } from '../src/progress/follow-deployment.ts';
import { createTtyProgress } from '../src/progress/tty-progress.ts';

type Step = Extract<Happening, { kind: 'step' }>;
const step = (name: string, state: Step['state'], more: Partial<Step> = {}): Step => ({ kind: 'step', deployment: 'd1', step: name, state, ...more });
const after = (strategy: string, steps: readonly Step[]): MachineView =>
  steps.reduce((view, each, id) => advance(view, { ...each, id, at: 0 }), standingAtStart(stateMachineOf(strategy) ?? { way: [], undo: [] }));

it('draws every state of the strategy, the current one marked', () => {
  const view = after('blue-green', [step('publishing', 'started'), step('publishing', 'done', { ms: 120 }), step('spawning', 'started'), step('spawning', 'progress', { instance: 'world-0', detail: 'slot 0' })]);
  expect(drawMachine(view, 80)).toEqual([
    '      ✔ publishing 120 ms → ▶ spawning → ○ introducing → ○ restoring',
    '      → ○ catching-up → ○ checking → ○ fencing → ○ transferring → ○ activating',
    '      → ○ handing-over → ○ routing → ○ linking → ○ reconciling → ○ proving',
    '      → ○ retiring',
    'undo  ○ thawing → ○ discarding',
    'spawning: world-0 slot 0',
  ]);
});

it('draws what failed, what undoes it, and the way back, beside each other', () => {
  const view = after('in-place', [
    step('upgrading', 'failed', { detail: 'world-0 refused its code\nsecond line' }), step('proving', 'done', { ms: 5 }), step('upgrading', 'started', { reverse: true }),
  ]);
  const lines = drawMachine(view, 200);
  expect(lines[0]).toContain('✖ upgrading');
  expect(lines.find((line) => line.startsWith('back'))).toContain('▶ upgrading');
  expect(lines.at(-1)).toBe('upgrading: world-0 refused its code');
});

it('draws a rollout batch by batch, with the gate between', () => {
  const view = [step('proving', 'done', { ms: 5, batch: 1 }), step('gating', 'done', { ms: 1, batch: 1 }), step('publishing', 'started', { batch: 2 })]
    .reduce((before, each, id) => advance(before, { ...each, id, at: 0 }), standingAtStart(stateMachineOf('rolling', 'in-place')!));
  expect(drawMachine(view, 200)).toEqual([
    'batch 2', '      ▶ publishing → ○ spawning → ○ activating → ○ routing → ○ linking → ○ upgrading → ○ proving → ○ gating', expect.stringContaining('undo  ○ discarding'),
  ]);
});

it('draws the states of a strategy it does not know as they come', () => {
  expect(drawMachine(after('mine', [step('one', 'done', { ms: 1 }), step('two', 'started')]), 80)).toEqual(['      ✔ one 1 ms → ▶ two']);
});

it('never exceeds the screen', () => {
  const view = after('blue-green', [step('publishing', 'failed', { detail: 'x'.repeat(300) })]);
  for (const width of [20, 40, 79, 200]) for (const line of drawMachine(view, width)) expect(line.length).toBeLessThanOrEqual(width);
});

/** What a terminal shows after these bytes: cursor up, clear below, text. */
function screenAfter(bytes: string): string[] {
  const lines: string[] = [''];
  for (const [, up, clear, text] of bytes.matchAll(/\u001b\[(\d+)A|(\u001b\[J)|([^\u001b]+)/g)) {
    if (up !== undefined) lines.length -= Number(up);
    else if (clear !== undefined) lines[lines.length - 1] = '';
    else {
      const [same = '', ...more] = text!.split('\n');
      lines[lines.length - 1] += same;
      lines.push(...more);
    }
  }
  return lines.slice(0, -1);
}

it('keeps one drawing on the terminal, where it stands, and knows what happened before a resume', async () => {
  const screen = Object.assign(new PassThrough(), { columns: 100 }) as unknown as NodeJS.WriteStream & PassThrough;
  let bytes = '';
  screen.on('data', (chunk) => { bytes += String(chunk); });
  const events = createMemoryTimeline({ clock: systemClock });
  events.publish({ kind: 'deployment', deployment: 'd1', state: 'running', from: '', to: 'r', strategy: 'in-place' });
  events.publish(step('publishing', 'done', { ms: 3 }));
  const progress = createTtyProgress(screen);
  const stop = followDeployment(events, progress);
  events.publish(step('spawning', 'started'));
  events.publish(step('spawning', 'done', { ms: 4 }));
  events.publish(step('activating', 'started'));
  stop();
  await progress.close();
  expect(screenAfter(bytes)).toEqual([
    '      ✔ publishing 3 ms → ✔ spawning 4 ms → ▶ activating → ○ routing → ○ linking → ○ upgrading', '      → ○ proving', 'undo  ○ discarding',
  ]);
});
