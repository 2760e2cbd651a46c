import type { TimelineEvent } from '@beamline/stack';
import { describeEvent } from '../model/describe-event.ts';
import { clockTime } from '../model/format.ts';

/** What went down and came back. Absent while nothing has. */
export function Recoveries({ events }: { events: readonly TimelineEvent[] }) {
  const recoveries = events.filter(({ kind }) => kind === 'recovery').slice(-6).toReversed();
  if (recoveries.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="recoveries-title">
      <h2 id="recoveries-title">Recoveries</h2>
      <ul class="rows">
        {recoveries.map((event) => {
          const { tone, text } = describeEvent(event);
          return <li key={event.id} class={tone}><time>{clockTime(event.at)}</time><span>{text}</span></li>;
        })}
      </ul>
    </section>
  );
}
