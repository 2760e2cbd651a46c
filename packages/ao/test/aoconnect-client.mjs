// Run by aoconnect.test.ts: the official client, unmodified, against the network at argv[2].
import { readFile } from 'node:fs/promises';
import { connect, createSigner } from '@permaweb/aoconnect';

const [url, wallet, lua] = process.argv.slice(2);
const ao = connect({ MODE: 'mainnet', URL: url, signer: createSigner(JSON.parse(await readFile(wallet, 'utf8'))) });
const attempt = (work) => work.then((value) => ({ value }), (error) => ({ error: error.message }));
const device = { name: 'execution-device', value: 'lua@5.3a' };
const tag = (name, value) => ({ name, value });

const module = await ao.spawn({ module: '1'.repeat(43), data: lua, tags: [tag('content-type', 'application/lua'), device] });
const game = await ao.spawn({ module, data: '1984', tags: [device] });
const other = await ao.spawn({ module, data: '1984', tags: [device] });
const slots = [];
for (let i = 0; i < 3; i++) slots.push(await ao.message({ process: game, tags: [tag('Action', 'Inc')], data: 'x' }));
const pushed = await ao.message({ process: game, tags: [tag('Action', 'Send'), tag('To', other)], data: 'cargo' });
console.log(JSON.stringify({
  module, game, other, slots, pushed,
  result: await attempt(ao.result({ process: game, slot: 1 })),
  results: await attempt(ao.results({ process: game })),
  dryrun: await attempt(ao.dryrun({ process: game, tags: [tag('Action', 'Inc')] })),
  unknown: await attempt(ao.message({ process: 'z'.repeat(43), data: 'x' })),
  failing: await attempt(ao.message({ process: other, tags: [tag('Action', 'Fail')], data: 'x' })),
  httpsig: await attempt(ao.request({ path: `/${game}~process@1.0/push`, method: 'POST', target: game, 'signing-format': 'httpsig', data: 'x' }).then((response) => response.status)),
}));
process.exit(0);
