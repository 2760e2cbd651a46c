import { describe, expect, it } from '@jest/globals';
import type { DeployEvent, DeployStrategy } from '../src/index.ts';

export interface StrategyTable<State extends { phase: string }, Event extends string> {
  strategy: DeployStrategy<State>;
  /** One of each phase. */
  states: Record<State['phase'], State>;
  events: Record<Event, DeployEvent>;
  /** Where every event leads from every phase. */
  table: Record<State['phase'], Record<Event, State['phase'] | 'same'>>;
}

/** Every phase × every event, and that a stored state goes on as the one in memory. */
export function describeStrategy<State extends { phase: string }, Event extends string>(
  { strategy, states, events, table }: StrategyTable<State, Event>,
): void {
  const { command, name, next } = strategy;
  const phases = Object.keys(table) as State['phase'][];

  describe(`${name} transitions`, () => {
    for (const phase of phases) {
      for (const event of Object.keys(events) as Event[]) {
        const outcome = table[phase][event];
        it(`${phase} + ${event} → ${outcome}`, () => {
          const step = next(states[phase], events[event]);
          if (outcome === 'same') expect(step).toEqual({ state: states[phase] });
          else expect(step.state.phase).toBe(outcome);
        });
      }
    }
  });

  it.each(phases)('%s survives a journal and names the same command again', (phase) => {
    const stored = JSON.parse(JSON.stringify(states[phase])) as State;
    expect(stored).toEqual(states[phase]);
    expect(command(stored)).toEqual(command(states[phase]));
    expect(command(stored) === undefined).toBe(['stuck', 'done', 'aborted'].includes(phase));
    const before = JSON.stringify(states);
    for (const event of Object.values<DeployEvent>(events)) next(states[phase], event);
    expect(JSON.stringify(states)).toBe(before);
  });
}
