import type { BeamlineConfig, EnvironmentConfig } from '../config.ts';
import type { Preview } from './previews.ts';

/** Nobody waits long for what is only looked at. */
const BAKE_MS = 1_000;
const SAMPLE_MS = 500;

/** A preview goes about deployments as the environment that it was made from, on a network of its own. */
export function previewConfig({ environments }: Pick<BeamlineConfig, 'environments'>, preview: Preview | undefined): EnvironmentConfig | undefined {
  if (preview === undefined) return undefined;
  const { strategy, rollout } = environments[preview.from] ?? {};
  return { network: { kind: 'local' }, bakeMs: BAKE_MS, sampleMs: SAMPLE_MS, ...(strategy && { strategy }), ...(rollout && { rollout }) };
}
