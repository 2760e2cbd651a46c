import type { Component, System, World } from '@beamline/ecs';
import type { Message } from './message.ts';

/** An action's "no": what it changed is rolled back, and the sender gets the code. */
export interface Refusal {
  readonly refused: string;
  readonly say: string;
}

/** Text for the sender (ASCII; anything else is escaped as JSON does), nothing, or a refusal. */
export type Reply = string | undefined | Refusal;

/**
 * Handles the messages of one action. It runs in a transaction: an exception or a refusal leaves the world as it was,
 * and nothing that it queued with `send` leaves the process.
 */
export type Action = (world: World, message: Message) => Reply;

export interface TickPolicy {
  /** Length of a fixed step. */
  readonly everyMs: number;
  /** Steps one message may run; beyond, time jumps. @default 20 */
  readonly maxSteps?: number;
}

export interface RoleSpec {
  name: string;
  components: readonly Component[];
  /** Run in this order, once per step. @default [] */
  systems?: readonly System[];
  /** By the message's `Action` tag. Names that begin with `Beamline.` are the kernel's. @default {} */
  actions?: Readonly<Record<string, Action>>;
  /** @default 'every-message' */
  tick?: 'every-message' | TickPolicy;
  /** Fills a new world: at slot 0, or when a standby process is activated without a restore. */
  init?: (world: World) => void;
  /** Loop turns one action or one step may take before it is stopped and rolled back. @default 5000000 */
  work?: number;
}

/** A role, complete. */
export interface Role {
  readonly name: string;
  readonly components: readonly Component[];
  readonly systems: readonly System[];
  readonly actions: Readonly<Record<string, Action>>;
  /** 0: one step per message. */
  readonly everyMs: number;
  readonly maxSteps: number;
  readonly init: ((world: World) => void) | undefined;
  readonly work: number;
}

/** Describes one process specialisation of a game; the default export of a role's entry. Pure data. */
export function defineRole(spec: RoleSpec): Role {
  const policy: TickPolicy = typeof spec.tick === 'object' ? spec.tick : { everyMs: 0 };
  return {
    name: spec.name,
    components: spec.components,
    systems: spec.systems ?? [],
    actions: spec.actions ?? {},
    everyMs: policy.everyMs,
    maxSteps: policy.maxSteps ?? 20,
    init: spec.init,
    work: spec.work ?? 5000000,
  };
}

/** `code` is `<game>/<reason>`; `say` tells the player what to do. */
export function refuse(code: string, say: string): Refusal {
  return { refused: code, say };
}
