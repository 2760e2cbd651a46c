import type { AllowedDifference } from '@beamline/deployer/rehearsal';

/** How deployments are rehearsed, and when a rehearsal passes. */
export interface RehearsalConfig {
  /** Of each changed instance, its newest so many. @default 5000 */
  messages?: number;
  /** Seed of deterministic chaos. @default none: the schedule as it was */
  chaos?: number;
  /** Differences that are meant to be; reports print entries to paste here. @default none */
  allow?: readonly AllowedDifference[];
  /** How many times as many instructions a system or action may take. @default 1.5 */
  maxCostRatio?: number;
  /** Whether the config's smoke tests run on a fork, too. @default true */
  smoke?: boolean;
}

export const rehearsalSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    messages: { type: 'integer', minimum: 1, maximum: 10_000_000 },
    chaos: { type: 'integer', minimum: 0, maximum: 0xffff_ffff },
    maxCostRatio: { type: 'number', minimum: 1 },
    smoke: { type: 'boolean' },
    allow: {
      type: 'array',
      items: {
        type: 'object', additionalProperties: false, required: ['kind'],
        properties: { kind: { enum: ['state', 'reply', 'outbox', 'error', 'cost'] }, at: { type: 'string', minLength: 1 }, role: { type: 'string', minLength: 1 } },
      },
    },
  },
};
