import { Fault, type FaultCode } from '@beamline/core';

/** One thing wrong with the sources, at a place. */
export interface Finding {
  code: FaultCode;
  message: string;
  hint?: string;
  /** Relative to the project's root, with `/`. */
  file?: string;
  /** From 1. */
  line?: number;
  /** From 1. */
  column?: number;
}

/** A Fault's message stays readable: the rest is counted. */
const SHOWN = 20;

/** All findings of a build as one Fault that carries the code of the first. */
export function faultOf(findings: readonly Finding[]): Fault {
  const [first] = findings;
  if (!first) throw new RangeError('a fault needs a finding');
  const lines = findings.slice(0, SHOWN).map(describeFinding);
  if (findings.length > SHOWN) lines.push(`… and ${findings.length - SHOWN} more`);
  return new Fault(first.code, lines.join('\n'), {
    ...(first.hint !== undefined && { hint: first.hint }),
    details: {
      findings: findings.length,
      ...(first.file !== undefined && { file: first.file }),
      ...(first.line !== undefined && { line: first.line }),
      ...(first.column !== undefined && { column: first.column }),
    },
  });
}

/** `src/world.ts:12:5 bundler/type-error: …` */
export function describeFinding({ code, message, file, line, column }: Finding): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return `${place ? `${place} ` : ''}${code}: ${message}`;
}
