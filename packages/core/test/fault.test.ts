import { describe, expect, it } from '@jest/globals';
import { describeError, Fault, isFault } from '@beamline/core';

describe('Fault', () => {
  it('carries code, hint, details and cause', () => {
    const cause = new Error('disk');
    const fault = new Fault('core/broken', 'it broke', { hint: 'mend it', details: { slot: 7 }, cause });
    expect(fault).toMatchObject({ code: 'core/broken', hint: 'mend it', retryable: false, details: { slot: 7 }, cause });
  });

  it('is recognised by name and code across copies of the package', () => {
    const foreign = Object.assign(new Error('x'), { name: 'Fault', code: 'ao/unreachable' });
    expect(isFault(foreign, 'ao/unreachable')).toBe(true);
    expect(isFault(foreign, 'ao/rejected')).toBe(false);
    expect(isFault(new Error('x'))).toBe(false);
  });

  it('is described by code, message and hint, without a stack', () => {
    expect(describeError(new Fault('core/broken', 'it broke', { hint: 'mend it' }))).toBe('core/broken: it broke\n  mend it');
  });
});
