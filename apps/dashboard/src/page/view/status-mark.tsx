import type { Health } from '@beamline/stack';

const WORDS: Readonly<Record<Health | 'empty', string>> = { healthy: 'Healthy', degraded: 'Degraded', down: 'Down', empty: 'Nothing deployed' };
const SHAPES: Readonly<Record<Health | 'empty', string>> = {
  healthy: 'M3.5 8.5l3 3 6-7',
  degraded: 'M8 3.5v5.5M8 12v.5',
  down: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  empty: 'M4 8h8',
};

export const healthWord = (health: Health | 'empty'): string => WORDS[health];

/** A shape for each health, so that nobody depends on its colour. */
export function StatusMark({ health, size = 16 }: { health: Health | 'empty'; size?: number }) {
  return (
    <svg class={`mark ${health}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="8" />
      <path d={SHAPES[health]} />
    </svg>
  );
}
