import { connect } from 'node:net';
import { isFault, silentLogger, systemClock, type ProcessId, type SignedItem } from '@beamline/core';
import { startLocalNetwork } from '@beamline/ao/local';
import { parseItem } from '../../src/ans104/parse.ts';
import { verifyItem } from '../../src/ans104/verify.ts';
import { messageOf } from '../../src/local/message.ts';
import { createChance, mutate, wire } from './generate.ts';

export interface FuzzReport {
  inputs: number;
  /** Items that still parsed, though they were changed. */
  parsed: number;
  /** Errors that are no Fault: bugs. The first few, with the seed's input number. */
  crashes: string[];
  /** Changed items whose signature was accepted: bugs. */
  accepted: number;
  statuses: Record<string, number>;
}

/** Changed items against the parser, the verification and the message they would become. */
export async function fuzzItems(items: readonly SignedItem[], inputs: number, seed: number): Promise<FuzzReport> {
  const chance = createChance(seed);
  const report: FuzzReport = { inputs, parsed: 0, crashes: [], accepted: 0, statuses: {} };
  for (let i = 0; i < inputs; i++) {
    const bytes = mutate(chance, chance.pick(items).raw);
    try {
      const item = parseItem(bytes);
      report.parsed++;
      // Verifying costs a hundred times as much as parsing.
      if (i % 16 === 0) {
        messageOf(item);
        if (await verifyItem(item)) report.accepted++;
      }
    } catch (error) {
      if (!isFault(error, 'ao/bad-item')) report.crashes.push(`input ${i}: ${String(error)}`);
    }
  }
  return report;
}

/** Requests, whole and broken, against a network that is watched for errors nobody foresaw. */
export async function fuzzHttp(dir: string, prepare: (url: string) => Promise<{ process: ProcessId; item: SignedItem; slots: () => Promise<number> }>, inputs: number, seed: number): Promise<FuzzReport & { slotsBefore: number; slotsAfter: number }> {
  const crashes: string[] = [];
  const server = await startLocalNetwork({
    dir, clock: systemClock, limits: { bodyBytes: 1024 * 1024 },
    logger: { ...silentLogger, error: (text, fields) => void crashes.push(`${text} ${JSON.stringify(fields)}`) },
  });
  try {
    const { process, item, slots } = await prepare(server.url);
    const slotsBefore = await slots();
    const chance = createChance(seed);
    const statuses: Record<string, number> = {};
    const port = Number(new URL(server.url).port);
    let left = inputs;
    const lane = async () => {
      while (left-- > 0) {
        const status = await once(port, wire(chance, [process, item.id, 'A'.repeat(43)], item.raw));
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: 16 }, lane));
    return { inputs, parsed: 0, crashes, accepted: 0, statuses, slotsBefore, slotsAfter: await slots() };
  } finally {
    await server.close();
  }
}

/** The status of one request on a connection of its own; `closed` when it was no request. */
function once(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1', 0, 16)));
    socket.on('error', () => undefined).on('close', () => resolve(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 'closed'));
  });
}
