import { Fault } from '@beamline/core';

/** The same fault, saying where: the place before the message, and in its details. */
export function faultAt(cause: Fault, where: string, details: Fault['details']): Fault {
  return new Fault(cause.code, `${where}: ${cause.message}`, {
    ...(cause.hint === undefined ? {} : { hint: cause.hint }),
    retryable: cause.retryable,
    details: { ...cause.details, ...details },
    cause,
  });
}
