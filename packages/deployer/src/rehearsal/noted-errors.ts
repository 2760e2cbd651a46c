import type { AoMap } from '@beamline/core';

/*
 * A kernel counts the errors of actions and systems in its health, which is no part of a message's results. Behind the
 * bundle, `compute` learns to put what was counted there.
 */
const BEHIND = `
do
  local inner, counted = compute, 0
  function compute(base, req, opts)
    local result = inner(base, req, opts)
    local health = type(result) == "table" and result.health
    if type(health) == "table" and health.errors ~= counted then
      counted = health.errors
      if type(result.results) == "table" then result.results["counted-error"] = health["last-error"] or "" end
    end
    return result
  end
end
`;

/** The bundle with the same behaviour, and its errors in the results of the message in which they were counted. */
export const notingErrors = (code: string): string => `${code}\n${BEHIND}`;

export interface CountedError {
  /** `Move.kernel/arithmetic`: the action or system, and the code. */
  at: string;
  text: string;
}

/** The error that a message counted, the last one if there were several. */
export function errorIn(results: AoMap): CountedError | undefined {
  const text = results['counted-error'];
  return typeof text === 'string' && text !== '' ? { at: errorPlace(text), text } : undefined;
}

/** Of health's `last-error`: `<action or system>: <code>: <text>`; the code is missing where Lua itself raised it. */
export function errorPlace(text: string): string {
  const [, where, rest = ''] = /^([^:]*): ?(.*)$/s.exec(text) ?? [undefined, text];
  const code = /^(?:[^:\s]+:\d+: )?([a-z][a-z0-9-]*\/[a-z0-9-]+)/.exec(rest)?.[1];
  return `${where}.${code ?? 'kernel/action-failed'}`;
}
