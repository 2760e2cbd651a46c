import type { DeployStrategy } from '../strategy.ts';
import { blueGreen } from './blue-green.ts';
import { canary, rolling } from './in-batches.ts';
import { inPlace } from './in-place.ts';

/** What a runner knows unless it is told otherwise. */
export const ownStrategies = [blueGreen(), inPlace(), rolling(), canary()] as readonly DeployStrategy[];
