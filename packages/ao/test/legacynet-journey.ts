// Run by legacynet.test.ts, in a process of its own: the official client brings parts that Jest's modules cannot load.
import { setMaxListeners } from 'node:events';
import { isFault, systemClock, type Id } from '@beamline/core';
import { ethereumSigner, loadSigner } from '@beamline/ao';
import { createLegacynet } from '@beamline/ao/legacynet';
import { TEST_PROCESS_SOURCE } from './legacynet-source.ts';

setMaxListeners(50);
const [url = '', wallet = ''] = process.argv.slice(2);
/** The next answer of the messenger unit is lost after it did its work. */
let loses = false;
const lossy: typeof fetch = async (input, init) => {
  const answer = await fetch(input, init);
  if (!loses || init?.method !== 'POST') return answer;
  loses = false;
  throw new TypeError('fetch failed');
};
const network = createLegacynet({ muUrl: `${url}/mu`, cuUrl: `${url}/cu`, suUrl: `${url}/su`, uploadUrl: `${url}/gw`, clock: systemClock, retries: 2, fetch: lossy });
const player = ethereumSigner('42'.repeat(32));
const attempt = <T>(work: Promise<T>) => work.then((value) => ({ value }), (error: unknown) => ({ code: isFault(error) ? error.code : String(error) }));
const sign = (target: Id, tags: Record<string, string>, data = 'x', signer = player) =>
  network.signMessage(signer, { target, tags: Object.entries(tags).map(([name, value]) => ({ name, value })), data });

const module = await network.spawn(await network.signModule(player, TEST_PROCESS_SOURCE));
const spawned = await network.signProcess(player, { module, tags: [], data: '1' });
const game = await network.spawn(spawned);
const again = await network.spawn(spawned);
const other = await network.spawn(await network.signProcess(player, { module, tags: [], data: '1' }));

const item = await sign(game, { Action: 'Inc', 'X-Name': 'Ann' }, 'hello');
const sent = [await network.send(item), await network.send(item), await network.send({ ...item })];
loses = true;
const lost = await network.send(await sign(game, { Action: 'Inc' }));
const rsa = await network.send(await sign(game, { Action: 'Inc' }, 'x', await loadSigner(`file:${wallet}`)));
const page = await network.send(await sign(game, { Action: 'Page' }, '7'.repeat(1_000)));
const pushed = await network.send(await sign(game, { Action: 'Send', To: other }, 'cargo'));
await network.redeliver(game, 5);
const tampered = await sign(game, { Action: 'Inc' });
tampered.raw[tampered.raw.length - 1]! ^= 1;
const schedule = [];
for await (const assignment of network.schedule(game)) schedule.push(assignment);

const aborted = new AbortController();
aborted.abort(new Error('enough'));
process.stdout.write(`${JSON.stringify({
  module, game, again, other, item: item.id, player: player.address, sent, lost, rsa, page, pushed, schedule,
  node: await network.node(),
  result: await network.result(game, 1),
  text: await network.resultText(game, 4, 'chunks/c0'),
  noText: await attempt(network.resultText(game, 4, 'chunks/c1')),
  read: await network.read(game, 'data'),
  missing: (await network.read(game, 'nothing')) === undefined,
  slots: await network.slots(game),
  tampered: await attempt(network.send(tampered)),
  unknown: await attempt(network.send(await sign('z'.repeat(43), { Action: 'Inc' }))),
  unknownSlots: await attempt(network.slots('z'.repeat(43))),
  alias: await attempt(network.setAlias('a', game, player)),
  resolved: (await network.resolve('a')) === undefined,
  aborted: await attempt(network.send(await sign(game, { Action: 'Inc' }), aborted.signal)),
  failing: await network.send(await sign(game, { Action: 'Fail' })),
})}\n`);
process.exit(0);
