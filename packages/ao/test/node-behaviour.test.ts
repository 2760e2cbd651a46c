import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { JSON_FORM, openLocal, type OpenLocal } from './open-local.ts';

let local: OpenLocal;
beforeAll(async () => {
  local = await openLocal({ limits: { bodyBytes: 8 * 1024 * 1024, recentSlots: 4, computeMs: 2_000 } });
});
afterAll(() => local.dispose());

const json = async (path: string) => (await local.get(path)).json() as Promise<Record<string, unknown>>;
const state = (process: string, path: string) => local.get(`/${process}~process@1.0/${path}`);

it('runs the same item twice when it is posted twice', async () => {
  const process = await local.spawn();
  const item = await local.sign(process, 'Inc');
  const slots = [];
  for (let i = 0; i < 2; i++) slots.push((await local.post(`/${process}~process@1.0/push`, item)).headers.get('slot'));
  expect(slots).toEqual(['1', '2']);
  expect(await (await state(process, 'now/count')).text()).toBe('3');
});

it('schedules on request without computing, and computes what is asked for', async () => {
  const process = await local.spawn();
  for (let i = 1; i <= 3; i++) {
    const reply = await local.post(`/${process}~process@1.0/schedule`, await local.sign(process, 'Inc'));
    expect([reply.status, reply.headers.get('slot'), reply.headers.get('process')]).toEqual([200, String(i), process]);
    expect(reply.headers.get('hash-chain')).toMatch(/^[\w-]{43}$/);
  }
  expect(await (await state(process, 'slot/current')).text()).toBe('3');
  expect(await (await state(process, 'compute=1/count')).text()).toBe('2');
  expect(await (await state(process, 'compute/count')).text()).toBe('2');
  expect(await (await state(process, 'compute/at-slot')).text()).toBe('1');
  expect(await (await state(process, 'now/count')).text()).toBe('4');
  expect(await (await state(process, 'compute&slot=2/results/output/data')).text()).toBe('count=3');
});

it('loses a process to a message that names another function or its arguments, as a node does', async () => {
  const { createItem } = await import('../src/ans104/create.ts');
  for (const [name, value] of [['Function', 'print'], ['Parameters', 'x']] as const) {
    const process = await local.spawn();
    const item = await createItem(local.player, { target: process, tags: [{ name, value }, { name: 'Action', value: 'Inc' }], data: 'x' });
    expect((await local.post(`/${process}~process@1.0/push`, item)).status).toBe(400);
    expect((await local.post(`/${process}~process@1.0/push`, await local.sign(process, 'Inc'))).status).toBe(500);
    expect(await local.network.slots(process)).toEqual({ scheduled: 2, computed: 0 });
  }
  const process = await local.spawn();
  const harmless = await createItem(local.player, { target: process, tags: [{ name: 'Function', value: 'compute' }], data: 'x' });
  expect((await local.post(`/${process}~process@1.0/push`, harmless)).status).toBe(200);
});

it('marks what JSON cannot say: whose result it is, booleans, the status beside the keys', async () => {
  const process = await local.spawn('function compute(base) base.yes, base.shape, base.results = true, { t = false, n = 1 }, {} return base end');
  expect(await json(`/${process}~process@1.0/now/yes?${JSON_FORM}`)).toEqual({ 'ao-result': 'body', 'ao-types': 'body="atom"', body: 'true', status: 200 });
  expect(await json(`/${process}~process@1.0/now/shape?${JSON_FORM}`)).toEqual({ 'ao-types': 't="atom"', n: 1, t: 'false', status: 200 });
});

it('lets the signed target win over the path', async () => {
  const [a, b] = [await local.spawn(), await local.spawn()];
  const reply = await local.post(`/${b}~process@1.0/push`, await local.sign(a, 'Inc'));
  expect([reply.headers.get('process'), reply.headers.get('slot')]).toEqual([a, '1']);
  expect(await (await state(b, 'slot/current')).text()).toBe('0');
});

it('answers a push with JSON only when the item asks for it', async () => {
  const process = await local.spawn();
  const { createItem } = await import('../src/ans104/create.ts');
  const bare = await createItem(local.player, { target: process, tags: [{ name: 'Action', value: 'Inc' }], data: 'x' });
  const page = await local.post(`/${process}~process@1.0/push`, bare);
  expect([page.status, page.headers.get('content-type'), page.headers.get('slot')]).toEqual([200, 'text/html', '1']);
  const links = await createItem(local.player, { target: process, tags: [{ name: 'require-codec', value: 'application/json' }], data: 'x' });
  const linked = (await (await local.post(`/${process}~process@1.0/push`, links)).json()) as Record<string, string>;
  expect(Object.keys(linked).sort()).toEqual(['outbox+link', 'output+link', 'process', 'slot', 'status']);
  expect(await json(`/${linked['output+link']}?${JSON_FORM}`)).toMatchObject({ data: 'count=3' });
  const bundled = await (await local.post(`/${process}~process@1.0/push`, await local.sign(process, 'Inc'))).json();
  expect(bundled).toEqual({ outbox: {}, output: { data: 'count=4' }, process, slot: 3, status: 200 });
});

it('answers a missing key 404 and an unknown process or device 500, as pages', async () => {
  const process = await local.spawn();
  const replies = await Promise.all([
    state(process, 'now/nothing'), local.get(`/${'z'.repeat(43)}~process@1.0/now`), local.get('/~no-device@1.0/x'), local.get('/nothing'),
  ]);
  expect(replies.map(({ status }) => status)).toEqual([404, 500, 500, 404]);
  for (const reply of replies) expect(reply.headers.get('content-type')).toBe('text/html');
  expect(await json(`/${process}~process@1.0/now/nothing?${JSON_FORM}`)).toEqual({ status: 404 });
});

it('sticks a process at an uncaught error: 400 first, then 500, old keys still readable, others unharmed', async () => {
  const [process, other] = [await local.spawn(), await local.spawn()];
  const push = async (action: string) => (await local.post(`/${process}~process@1.0/push`, await local.sign(process, action))).status;
  expect([await push('Inc'), await push('Fail'), await push('Inc')]).toEqual([200, 400, 500]);
  expect((await state(process, 'now/count')).status).toBe(500);
  expect(await (await state(process, 'compute/count')).text()).toBe('2');
  expect(await (await state(process, 'compute=1/count')).text()).toBe('2');
  expect(await (await state(process, 'slot/current')).text()).toBe('3');
  expect((await local.post(`/${other}~process@1.0/push`, await local.sign(other, 'Inc'))).status).toBe(200);
});

it('sticks a process at an endless loop once its time is up', async () => {
  const process = await local.spawn('function compute(base, req) base.results = {} while req.slot > 0 do end return base end');
  expect((await local.post(`/${process}~process@1.0/push`, await local.sign(process, 'Inc'))).status).toBe(500);
  expect((await state(process, 'compute/at-slot')).status).toBe(200);
});

it('keeps the state of a process that left no results, but answers 400', async () => {
  const process = await local.spawn('function compute(base, req) base.n = (base.n or 0) + 1 if req.slot == 0 then base.results = {} end return base end');
  expect((await local.post(`/${process}~process@1.0/push`, await local.sign(process, 'Inc'))).status).toBe(400);
  expect(await (await state(process, 'now/n')).text()).toBe('2');
});

it('spawns a process of broken or missing code, which then fails at every push', async () => {
  const broken = await local.spawn('function compute(');
  const missing = await local.network.spawn(await local.network.signProcess(local.player, { module: 'm'.repeat(43), tags: [], data: '' }));
  for (const process of [broken, missing]) {
    for (let i = 0; i < 2; i++) expect((await local.post(`/${process}~process@1.0/push`, await local.sign(process, 'Inc'))).status).toBe(500);
    expect(await local.network.slots(process)).toEqual({ scheduled: 2, computed: -1 });
  }
});

it('runs several modules in one VM, in the order of the list', async () => {
  const publish = async (source: string) => local.network.spawn(await local.network.signModule(local.player, source));
  const ids = [await publish('order = "A"'), await publish('order = order .. "B" function compute(base) base.order = order base.results = {} return base end')];
  const process = await local.network.spawn(await local.network.signProcess(local.player, {
    module: ids.map((id) => `"${id}"`).join(', '),
    tags: [{ name: 'ao-types', value: 'module="list"' }],
    data: '',
  }));
  expect(await (await state(process, 'now/order')).text()).toBe('AB');
});

it('refuses what is unsigned, altered or no item with 400, and schedules none of it', async () => {
  const process = await local.spawn();
  const good = await local.sign(process, 'Inc');
  const altered = Uint8Array.from(good.raw);
  altered[altered.length - 1] = altered.at(-1)! ^ 1;
  const otherSignature = Uint8Array.from(good.raw);
  otherSignature.set((await local.sign(process, 'Other')).raw.subarray(2, 67), 2); // another item's signature
  for (const raw of [altered, otherSignature, new Uint8Array(200), good.raw.subarray(0, 90), new TextEncoder().encode('hello')]) {
    expect((await local.post(`/${process}~process@1.0/push`, { ...good, raw })).status).toBe(400);
  }
  const unsigned = await fetch(`${local.server.url}/${process}~process@1.0/push`, { method: 'POST', body: 'hello' });
  expect(unsigned.status).toBe(400);
  expect(await (await state(process, 'slot/current')).text()).toBe('0');
});

it('takes a message of 5 MB whole, and refuses a body over the limit with 413', async () => {
  const process = await local.spawn('function compute(base, req) base.results = { output = { data = #(req.body.data or "") .. ":" .. string.byte(req.body.data or "\\0", -1) } } return base end');
  const bytes = new Uint8Array(5 * 1024 * 1024).fill(65);
  for (let byte = 0; byte < 256; byte++) bytes[bytes.length - 256 + byte] = byte;
  const item = await local.sign(process, 'Inc', {}, bytes);
  expect(await local.network.send(item)).toMatchObject({ outcome: 'computed', output: { data: `${bytes.length}:255` } });
  expect(Buffer.from(await (await local.get(`/${item.id}/data`)).arrayBuffer()).equals(bytes)).toBe(true);
  const huge = await local.sign(process, 'Inc', {}, new Uint8Array(9 * 1024 * 1024));
  expect((await local.post(`/${process}~process@1.0/push`, huge)).status).toBe(413);
  await expect(local.network.send(huge)).rejects.toMatchObject({ code: 'ao/rejected', details: { status: 413 } });
});

it('gives bytes exactly when read raw, and breaks HTTP when they are asked for as JSON', async () => {
  const process = await local.spawn('function compute(base, req) local t = {} for i = 0, 255 do t[#t + 1] = string.char(i) end base.results = { output = { data = table.concat(t) } } return base end');
  const reply = await state(process, 'now/results/output/data');
  expect([...new Uint8Array(await reply.arrayBuffer())]).toEqual(Array.from({ length: 256 }, (_, i) => i));
  await expect(state(process, `now/results?${JSON_FORM}`)).rejects.toMatchObject({ message: 'fetch failed' });
  expect((await local.get('/~meta@1.0/info/address')).status).toBe(200);
});

it('computes slots a second time whose results it no longer keeps, without touching the state', async () => {
  const process = await local.spawn();
  for (let i = 0; i < 12; i++) await local.network.send(await local.sign(process, 'Inc'));
  for (const slot of [1, 12, 3, 2, 7, 0]) {
    expect(await (await state(process, `compute=${slot}/results/output/data`)).text()).toBe(`count=${slot + 1}`);
  }
  expect(await (await state(process, 'now/count')).text()).toBe('13');
});

it('delivers a slot again for anybody who asks, by either spelling, at new slots', async () => {
  const [from, to] = [await local.spawn(), await local.spawn()];
  await local.network.send(await local.sign(from, 'Send', { To: to }));
  const again = [await state(from, 'push&slot=1'), await fetch(`${local.server.url}/${from}~process@1.0/push?slot=1`, { method: 'POST' })];
  expect(again.map(({ status }) => status)).toEqual([200, 200]);
  expect(await (await state(to, 'slot/current')).text()).toBe('3');
  expect(await (await state(from, 'slot/current')).text()).toBe('1');
});

it('reports each outbox entry inside the answer: delivered, no target, unknown target, stuck target', async () => {
  const [to, stuck] = [await local.spawn(), await local.spawn()];
  await local.network.send(await local.sign(stuck, 'Fail'));
  const from = await local.spawn(`function compute(base, req)
    base.results = { outbox = {} }
    if req.slot > 0 then base.results.outbox = { ok = { target = "${to}", action = "Inc" }, none = { action = "Inc" }, unknown = { target = "${'z'.repeat(43)}" }, stuck = { target = "${stuck}" } } end
    return base end`);
  const answer = (await (await local.post(`/${from}~process@1.0/push`, await local.sign(from, 'Go'))).json()) as Record<string, unknown>;
  expect(answer).toMatchObject({
    status: 200,
    ok: { slot: 1, target: to, 'resulted-in': { process: to, slot: 1 } },
    none: { response: 'error', status: 404, reason: 'Target process not available.' },
    unknown: { response: 'error', status: 404, reason: 'Could not access target process!' },
    stuck: { response: 'error', status: 500 },
  });
});

it('delivers what many slots send in the order in which they sent it', async () => {
  const to = await local.spawn('function compute(base, req) base.log = (base.log or "") .. (req.body.n or "") .. "," base.results = {} return base end');
  const from = await local.spawn(`function compute(base, req)
    base.results = { outbox = {} }
    if req.slot > 0 then base.results.outbox.m1 = { target = "${to}", n = tostring(req.slot) } end
    return base end`);
  const items = await Promise.all(Array.from({ length: 20 }, () => local.sign(from, 'Go')));
  await Promise.all(items.map((item) => local.post(`/${from}~process@1.0/push`, item)));
  expect(await (await state(to, 'now/log')).text()).toBe(`,${Array.from({ length: 20 }, (_, i) => i + 1).join(',')},`);
});

it('delivers what one slot sends in the order of its names', async () => {
  const to = await local.spawn();
  const many = await local.spawn(`function compute(base, req)
    base.results = { outbox = {} }
    if req.slot > 0 then for n = 99, 70, -1 do base.results.outbox["n" .. n] = { target = "${to}", n = tostring(n) } end end
    return base
  end`);
  await local.network.send(await local.sign(many, 'Go'));
  const arrived: string[] = [];
  for await (const { slot, req } of local.network.schedule(to)) if (slot > 0) arrived.push(String((req['body'] as Record<string, unknown>)['n']));
  expect(arrived).toEqual(Array.from({ length: 30 }, (_, n) => String(70 + n)));
});

it('ends a conversation of processes that would never end', async () => {
  const echo = await local.spawn(`function compute(base, req)
    base.n = (base.n or 0) + 1
    base.results = { outbox = {} }
    if req.slot > 0 then base.results.outbox.m1 = { target = req.process } end
    return base end`);
  expect((await local.post(`/${echo}~process@1.0/push`, await local.sign(echo, 'Go'))).status).toBe(200);
  expect(Number(await (await state(echo, 'compute/n')).text())).toBe(66);
});

it('keeps answering the old process of a moved name, unless the question is new', async () => {
  const [blue, green] = [await local.spawn(), await local.spawn()];
  await local.network.setAlias('moved', blue, local.operator);
  await local.network.send(await local.sign(blue, 'Inc'));
  expect(await (await local.get('/~local-name@1.0/moved')).text()).toBe(blue);
  await local.network.setAlias('moved', green, local.operator);
  expect(await (await local.get('/~local-name@1.0/moved')).text()).toBe(blue);
  expect(await (await local.get('/~local-name@1.0/moved/now/count')).text()).toBe('2');
  expect(await (await local.get('/~local-name@1.0/moved?r=1')).text()).toBe(green);
  expect(await (await local.get('/~local-name@1.0/lookup?key=moved&r=1')).text()).toBe(green);
  expect(await (await local.get('/~meta@1.0/info/local_names/moved')).text()).toBe(green);
});

it('registers no name for an unsigned or altered request', async () => {
  const process = await local.spawn();
  const { signedHeaders } = await import('../src/httpsig/request.ts');
  const headers = await signedHeaders({ key: 'stolen', value: process }, local.operator);
  const attempts = [{}, { key: 'stolen', value: process }, { ...headers, value: 'z'.repeat(43) }, { ...headers, signature: 'comm-x=:AA==:' }];
  for (const attempt of attempts) {
    expect((await fetch(`${local.server.url}/~local-name@1.0/register`, { method: 'POST', headers: attempt })).status).toBe(403);
  }
  expect((await local.get('/~local-name@1.0/stolen?r=2')).status).toBe(404);
});

it('shows a message by its id, and pages of a schedule by from and to', async () => {
  const process = await local.spawn();
  const item = await local.sign(process, 'Inc', { 'X-Name': 'Ann' }, 'hello');
  await local.network.send(item);
  expect(await (await local.get(`/${item.id}/x-name`)).text()).toBe('Ann');
  const page = await json(`/${process}~process@1.0/schedule?from=1&to=9&${JSON_FORM}`);
  expect(page).toMatchObject({ process, continues: 'false', type: 'schedule' });
  expect(Object.keys(page['assignments'] as object).filter((key) => key !== 'commitments')).toEqual(['1']);
});

it('sticks a process on request, for rehearsing the worst', async () => {
  const process = await local.spawn();
  await local.network.send(await local.sign(process, 'Inc'));
  const reply = await fetch(`${local.server.url}/~beamline@1.0/brick?process=${process}`, { method: 'POST' });
  expect(reply.status).toBe(200);
  expect(await local.network.send(await local.sign(process, 'Inc'))).toMatchObject({ outcome: 'scheduled', slot: 2 });
  expect(await local.network.read(process, 'count')).toBe(2);
});

it('listens on the loopback interface only', () => {
  expect(local.server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

it.each(['/%E0%A4%A', `/${'a'.repeat(600)}`, `/${'a'.repeat(43)}~process@1.0/compute=x`, '/../../etc/passwd', '/~process@1.0/push'])(
  'answers a crooked path with an error page and lives on: %s',
  async (path) => {
    expect((await local.get(path)).status).toBeGreaterThanOrEqual(400);
    expect((await local.get('/~meta@1.0/info/address')).status).toBe(200);
  },
);
