import type { TimelineEvent } from '@beamline/stack';
import { describeEvent } from '../model/describe-event.ts';
import { clockTime } from '../model/format.ts';

const SHOWN = 80;

export function EventLog({ events }: { events: readonly TimelineEvent[] }) {
  // A step's beginning matters while it runs, which the deployment shows; the log keeps what came of it.
  const told = events.filter((event) => event.kind !== 'step' || event.state === 'done' || event.state === 'failed').slice(-SHOWN).toReversed();
  return (
    <section class="panel log" aria-labelledby="log-title">
      <h2 id="log-title">Events</h2>
      {told.length === 0 && <p class="quiet">Quiet so far.</p>}
      <ul class="rows" tabIndex={0} aria-labelledby="log-title">
        {told.map((event) => {
          const { tone, text } = describeEvent(event);
          return <li key={event.id} class={tone}><time>{clockTime(event.at)}</time><span>{text}</span></li>;
        })}
      </ul>
    </section>
  );
}
