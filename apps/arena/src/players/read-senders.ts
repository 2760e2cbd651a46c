import type { ProcessId } from '@beamline/core';
import { parsePage } from '@beamline/ecs';
import type { Operator } from '@beamline/kernel/operator';
import type { SenderRow } from './ledger.ts';

/** What a process applied of each sender, from its `$senders` table: the other side of `auditLedger`. */
export async function readSenders(operator: Operator, process: ProcessId, signal?: AbortSignal): Promise<SenderRow[]> {
  const snapshot = await operator.snapshot(process, {}, signal);
  const columns = snapshot.index.tables.find(({ name }) => name === '$senders')?.columns ?? [];
  const key = columns.findIndex(({ name }) => name === 'key');
  const applied = columns.findIndex(({ name }) => name === 'applied');
  const rows: SenderRow[] = [];
  for await (const { table, text } of snapshot.pages(signal)) {
    if (table !== '$senders') continue;
    const page = parsePage(columns, text);
    for (let row = 0; row < page.rows; row++) rows.push({ key: page.columns[key]![row] as string, applied: page.columns[applied]![row] as number });
  }
  return rows;
}
