import { Fault, type Labels, type Meter } from '@beamline/core';

export interface SystemTimerOptions {
  meter: Meter;
  /** Milliseconds of a clock that never steps back, with fractions: `() => performance.now()`. */
  now(): number;
  /** Added to every series: the role, for instance. */
  labels?: Labels;
}

/**
 * Measures each system of a world that runs in JavaScript, as `beamline_system_seconds{system}`:
 * `runSystems(world, systems, timeSystems({ meter, now }))`. Costs two clock readings a system. Keep the result: it
 * belongs to one world at a time.
 * @throws Fault `metrics/system-order` (from the hook) when a system ends that did not start
 */
export function timeSystems({ meter, now, labels = {} }: SystemTimerOptions): (name: string, edge: 'start' | 'end') => void {
  const times = meter.histogram('beamline_system_seconds', 'Time one run of a system took');
  const labelsOf = new Map<string, Labels>();
  let running = '';
  let startedAt = 0;

  return (name, edge) => {
    if (edge === 'start') {
      // A system that threw never ended: what started last is what runs.
      running = name;
      startedAt = now();
      return;
    }
    const ms = now() - startedAt;
    if (running !== name) throw new Fault('metrics/system-order', `system ${name} ended, ${running === '' ? 'none' : running} was running`);
    running = '';
    let own = labelsOf.get(name);
    if (own === undefined) labelsOf.set(name, own = { ...labels, system: name });
    times.record(ms / 1_000, own);
  };
}
