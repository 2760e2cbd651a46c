import { Fault, isFault, type FaultCode } from '@beamline/core';

/** A request that ends in an error page. */
export function refusal(status: number, code: FaultCode, message: string, details: Record<string, string | number> = {}): Fault {
  return new Fault(code, message, { details: { ...details, status } });
}

/** The HTTP status for anything thrown while answering; 500 for what nobody foresaw, as after a crash. */
export function statusOf(error: unknown): number {
  return isFault(error) && typeof error.details['status'] === 'number' ? error.details['status'] : 500;
}
