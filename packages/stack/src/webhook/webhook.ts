import { createHmac } from 'node:crypto';
import { describeError, isFault, type Clock } from '@beamline/core';
import type { Happening } from '../timeline/timeline.ts';

/** What is told, as JSON. `id` is unique and the same in every try of it; numbers of one deployment grow with `id`. */
export interface WebhookEvent {
  version: 1;
  id: string;
  game: string;
  environment: string;
  deployment: string;
  event: 'started' | 'step' | 'ended';
  /** Milliseconds since 1970. */
  at: number;
  /** Of `started` and `ended`: release ids, the game's version, the strategy. `from` is empty for the first. */
  from?: string;
  to?: string;
  release?: string;
  strategy?: string;
  /** Of `ended`: `complete`, `aborted`, `rolled-back`, `stuck`; of a step `done` or `failed`. */
  state?: string;
  step?: string;
  instance?: string;
  /** On the way back. */
  reverse?: true;
  ms?: number;
  detail?: string;
}

export interface WebhookOptions {
  url: string;
  /** Signs each body; without it nothing is signed. Read when first needed. */
  secret?: () => Promise<string>;
  game: string;
  environment: string;
  clock: Clock;
  /** Told of events that nobody took. Never the URL, which may hold a token. */
  onLost(reason: string): void;
  /** @default 3 */
  tries?: number;
  /** Per try. @default 5000 */
  timeoutMs?: number;
  /** Between the first two tries; doubled each time. @default 1000 */
  waitMs?: number;
  /** Events that wait; beyond, steps are dropped. @default 200 */
  maxWaiting?: number;
}

/**
 * Tells a URL of deployments, one event after the other, in order. Nobody who tells it anything waits, and nothing it
 * meets reaches them. A body is signed: header `X-Beamline-Signature: sha256=<hex>`, HMAC-SHA256 over its bytes.
 */
export interface Webhook {
  tell(happening: Happening): void;
  /** Waits for what was told, at most so long, then gives up. */
  close(withinMs: number): Promise<void>;
}

export function createWebhook(options: WebhookOptions): Webhook {
  const { secret, clock, onLost, maxWaiting = 200 } = options;
  const ending = new AbortController();
  let waiting: WebhookEvent[] = [];
  const counts = new Map<string, number>();
  let working: Promise<void> | undefined;
  let key: Promise<string> | undefined;

  const work = async (): Promise<void> => {
    for (let event = waiting.shift(); event !== undefined && !ending.signal.aborted; event = waiting.shift()) {
      try {
        await deliver(options, event, secret && await (key ??= secret()), ending.signal);
      } catch (error) {
        key = undefined;
        // Who took none of the tries will not take every step by itself either; how it ends is worth another.
        const before = waiting.length;
        waiting = waiting.filter((each) => each.event !== 'step');
        const dropped = before - waiting.length;
        onLost(`${event.event} of ${event.deployment}${dropped === 0 ? '' : ` and ${dropped} steps`} not taken: ${isFault(error) ? describeError(error) : reasonOf(error)}`);
      }
    }
  };
  const start = (): void => {
    working ??= work().finally(() => {
      working = undefined;
      if (waiting.length > 0 && !ending.signal.aborted) start();
    });
  };

  return {
    tell(happening) {
      const event = eventOf(options, happening, clock.now(), counts);
      if (event === undefined || ending.signal.aborted || (event.event === 'step' && waiting.length >= maxWaiting)) return;
      waiting.push(event);
      start();
    },
    async close(withinMs) {
      const late = new AbortController();
      const drained = async (): Promise<void> => {
        while (working !== undefined) await working;
      };
      await Promise.race([drained(), clock.sleep(withinMs, late.signal).catch(() => undefined)]);
      late.abort();
      ending.abort();
      await working;
    },
  };
}

async function deliver({ url, clock, tries = 3, timeoutMs = 5_000, waitMs = 1_000 }: WebhookOptions, event: WebhookEvent, secret: string | undefined, signal: AbortSignal): Promise<void> {
  const body = JSON.stringify(event);
  const headers = {
    'content-type': 'application/json', 'x-beamline-event': event.event, 'x-beamline-delivery': event.id,
    ...(secret === undefined ? {} : { 'x-beamline-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` }),
  };
  for (let tried = 1; ; tried += 1) {
    try {
      // A redirect would bring the signature to somebody the config does not name.
      const answer = await fetch(url, { method: 'POST', body, headers, redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
      await answer.body?.cancel();
      if (answer.ok) return;
      throw new Error(`status ${answer.status}`);
    } catch (error) {
      if (tried >= tries || signal.aborted) throw error;
      await clock.sleep(waitMs * 2 ** (tried - 1), signal);
    }
  }
}

/** What failed, without the address: `fetch` names it in causes. */
const reasonOf = (error: unknown): string => {
  const { name = 'unknown', message = '', cause } = error as Partial<Error>;
  const { code } = (cause ?? {}) as { code?: string };
  return code ?? (name === 'TimeoutError' ? 'no answer in time' : message.startsWith('status ') ? message : name);
};

function eventOf({ game, environment }: WebhookOptions, happening: Happening, at: number, counts: Map<string, number>): WebhookEvent | undefined {
  const told = factsOf(happening);
  if (told === undefined) return undefined;
  const { deployment } = told;
  const count = (counts.get(deployment) ?? 0) + 1;
  counts.set(deployment, count);
  return { version: 1, id: `${deployment}-${at}-${count}`, game, environment, at, ...told };
}

function factsOf(happening: Happening): Omit<WebhookEvent, 'version' | 'id' | 'game' | 'environment' | 'at'> | undefined {
  if (happening.kind === 'deployment') {
    const { deployment, state, from, to, version, strategy, ms, detail } = happening;
    return {
      deployment, event: state === 'running' ? 'started' : 'ended', from, to, strategy,
      ...(version === undefined ? {} : { release: version }), ...(state === 'running' ? {} : { state }), ...(ms === undefined ? {} : { ms }), ...(detail === undefined ? {} : { detail }),
    };
  }
  if (happening.kind !== 'step' || (happening.state !== 'done' && happening.state !== 'failed')) return undefined;
  const { deployment, step, state, instance, reverse, ms, detail } = happening;
  return {
    deployment, event: 'step', step, state, ...(instance === undefined ? {} : { instance }), ...(reverse ? { reverse: true as const } : {}),
    ...(ms === undefined ? {} : { ms }), ...(detail === undefined ? {} : { detail }),
  };
}
