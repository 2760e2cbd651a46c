import { expect, it } from '@jest/globals';
import { createVm } from '@beamline/vm';

const COUNTER = `
local n = 0
function compute(base, req)
  n = n + 1
  base.count = n
  if req.body.action == 'Loop' then while true do end end
  if req.body.action == 'Fail' then error('boom') end
  base.results = { output = { data = 'count=' .. n } }
  return base
end`;
const message = (action: string) => ({ slot: 1, body: { action } });

it('runs compute with base kept between messages and reports what changed', async () => {
  const vm = await createVm({ code: COUNTER, base: { owner: 'me', count: 0 } });
  expect(await vm.compute(message('Inc'))).toMatchObject({
    ok: true, results: { output: { data: 'count=1' } }, changed: { count: 1 }, removed: [],
  });
  expect(await vm.compute(message('Inc'))).toMatchObject({ ok: true, changed: { count: 2 } });
  await vm.close();
});
