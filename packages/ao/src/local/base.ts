import type { AoMap } from '@beamline/core';

/** What Lua sees as `base` before slot 0: the process message's own keys beside the message itself. */
export function initialBase(process: AoMap): AoMap {
  const { commitments: _commitments, ...own } = process;
  return {
    ...own,
    device: own['execution-device'] ?? 'lua@5.3a',
    initialized: 'true',
    'input-prefix': 'process',
    process,
  };
}
