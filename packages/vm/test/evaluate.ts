import { afterAll, beforeAll } from '@jest/globals';
import { createVm, type Vm } from '@beamline/vm';

const CODE = `
function evaluate(source)
  local chunk, problem = load('return ' .. source)
  if chunk == nil then return 'refused: ' .. problem end
  local ok, value = pcall(chunk)
  return (ok and '' or 'caught: ') .. tostring(value)
end`;

/** A VM for a whole test file; the function gives the text of a Lua expression's value, or of what pcall caught. */
export function useEvaluation(): (source: string) => Promise<string> {
  let vm: Vm;
  beforeAll(async () => {
    vm = await createVm({ code: CODE });
  });
  afterAll(() => vm.close());
  return async (source) => String(await vm.call('evaluate', source));
}
