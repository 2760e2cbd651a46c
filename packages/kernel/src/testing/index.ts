export { clientRequest, processRequest, pushedRequest, testId, type RequestSpec } from './request.ts';
export { createTestProcess, type Said, type TestProcess, type TestProcessOptions } from './process.ts';
