import type { InstanceStatus, RatePoint } from '@beamline/stack';
import { count, perSecond, short, shortRelease } from '../model/format.ts';
import { Sparkline } from './sparkline.tsx';
import { healthWord, StatusMark } from './status-mark.tsx';

const SPARK_POINTS = 90;

interface InstanceCardProps {
  instance: InstanceStatus;
  rates: readonly RatePoint[];
  /** Gives the role its colour. */
  roles: readonly string[];
}

export function InstanceCard({ instance, rates, roles }: InstanceCardProps) {
  const { id, role, health, phase, messagesPerSecond, lastError } = instance;
  const values = rates.slice(-SPARK_POINTS).map(({ byInstance }) => byInstance[id] ?? 0);
  const facts: [string, string][] = [
    ['Entities', count(instance.entities)],
    ['Applied', count(instance.applied)],
    ['Slot', count(instance.slot)],
    ['Behind', count(instance.lag)],
    ['Held', count(instance.held)],
    ['Refused', count(instance.refused)],
  ];
  return (
    <article class={`card panel ${health} role-${roles.indexOf(role) % 6}`} aria-label={`${id}, ${healthWord(health)}`} data-instance={id}>
      <header>
        <h3>{id}</h3>
        <span class={`phase ${phase}`}>{phase}</span>
        <span class="spacer" />
        <span class={`health ${health}`}><StatusMark health={health} />{healthWord(health)}</span>
      </header>
      <div class="rate">
        <p><b>{perSecond(messagesPerSecond)}</b> <span class="quiet">messages/s</span></p>
        <Sparkline values={values} />
      </div>
      <dl>
        {facts.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
      </dl>
      <footer>
        <span class="mono" title={`Process ${instance.process}, alias ${instance.alias}`}>{short(instance.process)}</span>
        <span class="mono quiet" title={`Release ${instance.release}, layout ${instance.layout}`}>{shortRelease(instance.release)}</span>
      </footer>
      {lastError && <p class="error" role={health === 'down' ? 'alert' : undefined}>{lastError}</p>}
    </article>
  );
}
