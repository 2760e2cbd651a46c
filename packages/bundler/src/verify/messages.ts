import { readFile } from 'node:fs/promises';
import { Fault, type AoMap } from '@beamline/core';

/** One slot of one process: what a node handed to `compute`. */
export interface RecordedMessage {
  role: string;
  process: string;
  /** With the slot's number, from 0, in `slot`. */
  req: AoMap;
}

/** What one process received, from slot 0 and without gaps. */
export interface RecordedSession {
  role: string;
  process: string;
  requests: readonly AoMap[];
}

/** One line of a file of messages: JSON, a message a line. */
export function printMessage({ role, process, req }: RecordedMessage): string {
  return `${JSON.stringify({ role, process, req })}\n`;
}

/** Reads such a file. @throws Fault `bundler/bad-messages` with the line, also for a file that is not there or has no message */
export async function readMessages(file: string): Promise<RecordedSession[]> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw badMessages(file, 0, 'there is no such file', 'Record one from an environment that was played in: beamline record <environment> --out <file>');
  });
  const sessions = new Map<string, RecordedSession & { requests: AoMap[] }>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const { role, process, req } = parseLine(line, file, index + 1);
    const key = `${role} ${process}`;
    const session = sessions.get(key) ?? { role, process, requests: [] };
    sessions.set(key, session);
    if (req['slot'] !== session.requests.length) throw badMessages(file, index + 1, `slot ${String(req['slot'])} of ${process} stands where slot ${session.requests.length} should`);
    session.requests.push(req);
  }
  if (sessions.size === 0) throw badMessages(file, 0, 'it has no message');
  return [...sessions.values()];
}

function parseLine(line: string, file: string, number: number): RecordedMessage {
  try {
    const { role, process, req } = JSON.parse(line) as Partial<RecordedMessage>;
    if (typeof role === 'string' && typeof process === 'string' && typeof req === 'object' && !Array.isArray(req)) return { role, process, req };
  } catch { /* said below */ }
  throw badMessages(file, number, 'this is no recorded message');
}

function badMessages(file: string, line: number, what: string, hint = 'Record it again: beamline record <environment> --out <file>'): Fault {
  return new Fault('bundler/bad-messages', `${file}${line > 0 ? `:${line}` : ''}: ${what}`, { hint, details: { file, line } });
}
