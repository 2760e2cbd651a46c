import type { StateMachine, TimelineEvent } from '@beamline/stack';
import { duration } from '../format.ts';

type StepEvent = Extract<TimelineEvent, { kind: 'step' }>;

/** One state as it was gone through, the last time. */
interface Passed {
  state: 'started' | 'done' | 'failed';
  ms?: number;
  detail?: string;
}

/** Where a deployment stands in its strategy's machine, as far as its events have told. */
export interface MachineView {
  machine: StateMachine;
  /** Of a rollout, from 1 on: what came before is over. */
  batch?: number;
  forward: Readonly<Record<string, Passed>>;
  /** The way back; empty until it is taken. */
  reverse: Readonly<Record<string, Passed>>;
}

export const standingAtStart = (machine: StateMachine): MachineView => ({ machine, forward: {}, reverse: {} });

export function advance(before: MachineView, event: StepEvent): MachineView {
  const { batch } = event;
  const view: MachineView = batch === undefined || batch === before.batch ? before : { ...standingAtStart(before.machine), batch };
  const direction = event.reverse ? 'reverse' : 'forward';
  const { step, state, instance, ms, detail } = event;
  const said = [instance, detail].filter(Boolean).join(' ');
  const passed: Passed = state === 'progress'
    ? { ...view[direction][step], state: 'started', detail: said }
    : { state, ...(ms === undefined ? {} : { ms }), ...(said === '' ? {} : { detail: said }) };
  return { ...view, [direction]: { ...view[direction], [step]: passed } };
}

const MARKS: Record<Passed['state'] | 'ahead', string> = { ahead: '○', started: '▶', done: '✔', failed: '✖' };

/**
 * The machine with every state, the current one marked, and what it says of itself; the undoing once it began or while it
 * is still possible to take, the way back once it is taken.
 */
export function drawMachine({ machine, batch, forward, reverse }: MachineView, width: number): string[] {
  // A strategy of somebody else's tells of its states as it goes.
  const { way, undo } = machine;
  const others = (passed: Readonly<Record<string, Passed>>): string[] => Object.keys(passed).filter((step) => !way.includes(step) && !undo.includes(step));
  const row = (label: string, states: readonly string[], passed: Readonly<Record<string, Passed>>): string[] =>
    (states.length === 0 ? [] : wrapped(label, states.map((state) => cell(state, passed[state])), width));
  const back = Object.keys(reverse).length > 0;
  const current = [...Object.entries(forward), ...Object.entries(reverse)].findLast(([, { state, detail }]) => state !== 'done' && detail !== undefined);
  return [
    ...(batch === undefined ? [] : [cut(`batch ${batch}`, width)]),
    ...row('', [...way, ...others(forward)], forward),
    ...row('undo', undo, forward),
    ...(back ? row('back', [...way, ...others(reverse)], reverse) : []),
    ...(current === undefined ? [] : [cut(`${current[0]}: ${current[1].detail}`, width)]),
  ];
}

const cell = (state: string, passed: Passed | undefined): string =>
  `${MARKS[passed?.state ?? 'ahead']} ${state}${passed?.ms === undefined ? '' : ` ${duration(passed.ms)}`}`;

const ARROW = ' → ';

function wrapped(label: string, cells: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = label.padEnd(6);
  for (const [n, each] of cells.entries()) {
    const next = n === 0 ? each : `${ARROW}${each}`;
    if (n > 0 && line.length + next.length > width) {
      lines.push(line);
      line = `${' '.repeat(6)}${next.trimStart()}`;
    } else line += next;
  }
  return [...lines, line].map((each) => cut(each, width));
}

const cut = (text: string, width: number): string => {
  const [line = ''] = text.split('\n');
  return line.length > width ? `${line.slice(0, Math.max(0, width - 1))}…` : line;
};
