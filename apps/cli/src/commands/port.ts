import { Fault } from '@beamline/core';

/** @throws Fault `cli/flags` */
export function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new Fault('cli/flags', `--port must be a number from 0 to 65535, not ${text}`);
}
