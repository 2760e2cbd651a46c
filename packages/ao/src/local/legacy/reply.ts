import type { IncomingMessage } from 'node:http';

/** A request to one of legacynet's units: `/mu/monitor/x` has the unit `mu` and the rest `['monitor', 'x']`. */
export interface UnitRequest {
  method: string;
  rest: string[];
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: Buffer;
  /** Who asks, for limits by address. */
  from: string;
  /** This server, as the client wrote it. */
  origin: string;
}

export type UnitReply =
  | { status: number; json: unknown }
  | { status: number; bytes: Uint8Array; headers: Record<string, string> };

export const ok = (json: unknown, status = 200): UnitReply => ({ status, json });
export const failed = (status: number, error: string): UnitReply => ({ status, json: { error } });
