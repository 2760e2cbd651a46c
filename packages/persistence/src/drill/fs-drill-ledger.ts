import { join } from 'node:path';
import { Fault } from '@beamline/core';
import { durableFolder, nodeDisk, readFailed, replaceFile, writeFailed, type Disk } from '../stores/disk.ts';
import { inOrder, type DrillLedger } from './drill-ledger.ts';
import type { DrillReport } from './drill-report.ts';

export interface FsDrillLedgerOptions {
  /** Folder of the reports, one file each. Created on first write. */
  root: string;
  /** @default the host's */
  disk?: Disk;
}

const FILE = /^([\w-]+)@(\d+)\.(\d+)\.json$/;

/** Reports as files `<process>@<slot>.<at>.json`. @throws Fault `persistence/write-failed`, `persistence/read-failed`, `persistence/drill-damaged` */
export function createFsDrillLedger({ root, disk = nodeDisk }: FsDrillLedgerOptions): DrillLedger {
  return {
    async record(report) {
      await durableFolder(disk, root, root);
      await replaceFile(disk, join(root, `${report.process}@${report.slot}.${report.at}.json`), new TextEncoder().encode(`${JSON.stringify(report)}\n`));
      await disk.syncFolder(root).catch((cause: unknown) => { throw writeFailed(root, cause); });
    },
    async list(process) {
      const names = await disk.names(root).catch((cause: unknown) => { throw readFailed(root, cause); });
      const wanted = names.filter((name) => (process === undefined ? FILE.test(name) : FILE.exec(name)?.[1] === process));
      return inOrder(await Promise.all(wanted.map((name) => read(join(root, name)))));
    },
  };

  async function read(path: string): Promise<DrillReport> {
    const bytes = await disk.read(path).catch((cause: unknown) => { throw readFailed(path, cause); });
    try {
      const report = JSON.parse(new TextDecoder().decode(bytes)) as DrillReport;
      if (report.version === 1) return report;
    } catch { /* told below */ }
    throw new Fault('persistence/drill-damaged', `${path} is not the report of a drill that this version can read`, {
      hint: 'Delete the file: what it said will be found out again by the next drill.',
    });
  }
}
