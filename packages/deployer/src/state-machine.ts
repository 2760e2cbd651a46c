import type { Phase } from './strategies/blue-green-state.ts';
import type { InPlaceState } from './strategies/in-place-state.ts';

/** A strategy's states as people follow them, in the order they are gone through. Ends are told by the report. */
export interface StateMachine {
  /** When all goes well. */
  way: readonly string[];
  /** When something fails before the point of no return. */
  undo: readonly string[];
}

type End = 'done' | 'aborted' | 'stuck';
/** Naming every state once makes the compiler ask for those that a strategy gains. `seldom`: told of when it comes to that. */
type States<P extends string> = Readonly<Record<Exclude<P, End>, 'way' | 'undo' | 'seldom'>>;

const BLUE_GREEN: States<Phase> = {
  publishing: 'way', spawning: 'way', introducing: 'way', restoring: 'way', 'catching-up': 'way', checking: 'way', fencing: 'way', transferring: 'way',
  activating: 'way', 'handing-over': 'way', routing: 'way', linking: 'way', reconciling: 'way', proving: 'way', retiring: 'way',
  thawing: 'undo', discarding: 'undo', reclaiming: 'seldom', collecting: 'seldom', freezing: 'seldom', unfreezing: 'seldom',
};

const IN_PLACE: States<InPlaceState['phase']> = {
  publishing: 'way', spawning: 'way', activating: 'way', routing: 'way', linking: 'way', upgrading: 'way', proving: 'way', removing: 'seldom', discarding: 'undo', freezing: 'seldom', unfreezing: 'seldom',
};

const machineOf = (states: Readonly<Record<string, 'way' | 'undo' | 'seldom'>>): StateMachine => {
  const among = (kind: 'way' | 'undo'): string[] => Object.keys(states).filter((state) => states[state] === kind);
  return { way: among('way'), undo: among('undo') };
};

const MACHINES: Readonly<Record<string, StateMachine>> = { 'blue-green': machineOf(BLUE_GREEN), 'in-place': machineOf(IN_PLACE) };

/**
 * The machine of one of Beamline's own strategies; of another's nothing is known beforehand.
 * @param by of a strategy that goes in batches: what moves each. Between two batches is the gate.
 */
export function stateMachineOf(strategy: string, by?: string): StateMachine | undefined {
  const machine = Object.hasOwn(MACHINES, by ?? strategy) ? MACHINES[by ?? strategy] : undefined;
  return by === undefined || machine === undefined ? machine : { ...machine, way: [...machine.way, 'gating'] };
}
