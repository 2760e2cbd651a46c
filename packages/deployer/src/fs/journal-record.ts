import { crc32 } from 'node:zlib';
import { Fault } from '@beamline/core';

/*
 * One record is one line of text:
 *
 *   length  SP  crc  SP  sequence  SP  json  LF
 *   8 hex       8 hex    decimal       `length` bytes of UTF-8, no line break
 *
 * crc is the CRC-32 of everything between it and the line's end. Sequences start at 1 and leave no gap.
 */
export function encodeRecord(sequence: number, json: string): string {
  const body = `${sequence} ${json}`;
  return `${hex(Buffer.byteLength(json))} ${hex(crc32(body))} ${body}\n`;
}

export interface DecodedRecords {
  /** JSON texts in order. */
  entries: string[];
  /** Where the last whole record ends; bytes behind it are the torn tail. */
  wholeBytes: number;
}

/**
 * An interrupted write leaves a line that is too short, has no end or holds zeros: it is left out. A line that is whole
 * and wrong was changed afterwards.
 * @throws Fault `deployer/journal-damaged`
 */
export function decodeRecords(bytes: Buffer, file: string): DecodedRecords {
  const entries: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(0x0a, at);
    const json = end < 0 ? undefined : readLine(bytes.subarray(at, end), entries.length + 1);
    if (json === undefined) {
      const torn = end < 0 || (end === bytes.length - 1 && isShort(bytes.subarray(at, end)));
      if (torn) break;
      throw new Fault('deployer/journal-damaged', `${file}: record ${entries.length + 1} (byte ${at}) is damaged`, {
        hint: 'Restore the file from a copy. Without it, compare health of both processes by hand: beamline status.',
        details: { file, byte: at },
      });
    }
    entries.push(json);
    at = end + 1;
  }
  return { entries, wholeBytes: at };
}

const LINE = /^([0-9a-f]{8}) ([0-9a-f]{8}) (\d+) /;

function readLine(line: Buffer, sequence: number): string | undefined {
  const head = LINE.exec(line.subarray(0, 40).toString('latin1'));
  if (head === null || Number(head[3]) !== sequence) return undefined;
  const json = line.subarray(head[0].length);
  if (json.length !== parseInt(head[1]!, 16) || crc32(line.subarray(18)) !== parseInt(head[2]!, 16)) return undefined;
  return json.toString('utf8');
}

function isShort(line: Buffer): boolean {
  if (line.includes(0)) return true;
  const head = LINE.exec(line.subarray(0, 40).toString('latin1'));
  return head === null ? line.length < 18 : line.length - head[0].length < parseInt(head[1]!, 16);
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');
