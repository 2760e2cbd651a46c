// Run by legacynet-units.test.ts: the official client in legacy mode, unmodified, against the network at argv[2].
import { readFile } from 'node:fs/promises';
import { connect, createSigner } from '@permaweb/aoconnect';

const [url, wallet, module, scheduler] = process.argv.slice(2);
const signer = createSigner(JSON.parse(await readFile(wallet, 'utf8')));
const ao = connect({ MODE: 'legacy', MU_URL: `${url}/mu`, CU_URL: `${url}/cu`, GATEWAY_URL: `${url}/gw`, GRAPHQL_URL: `${url}/gw/graphql`, noLog: true });
const attempt = (work) => work.then((value) => ({ value }), (error) => ({ error: error.message }));
const tag = (name, value) => ({ name, value });

const spawn = () => ao.spawn({ module, scheduler, signer, tags: [tag('Authority', scheduler)], data: '1984' });
const [game, other] = [await spawn(), await spawn()];
const first = await ao.message({ process: game, signer, tags: [tag('Action', 'Inc')], data: 'x' });
const signed = await ao.signMessage({ process: game, signer, tags: [tag('Action', 'Inc')], data: 'y' });
const sent = [await ao.sendSignedMessage(signed), await ao.sendSignedMessage(signed)];
const pushed = await ao.message({ process: game, signer, tags: [tag('Action', 'Send'), tag('To', other)], data: 'cargo' });
const result = (message) => attempt(ao.result({ message, process: game }));
const answers = {
  game, other, first, signed: signed.id, sent,
  spawned: await result(game), firstResult: await result(first), signedResult: await result(signed.id), pushedResult: await result(pushed),
  results: await attempt(ao.results({ process: game, limit: 2 })),
  newest: await attempt(ao.results({ process: game, limit: 1, sort: 'DESC' })),
  dryrun: await attempt(ao.dryrun({ process: game, tags: [tag('Action', 'Inc')], data: 'dry' })),
  again: await attempt(ao.dryrun({ process: game, tags: [tag('Action', 'Inc')], data: 'dry' })),
  tooMany: await attempt(ao.dryrun({ process: game, tags: [tag('Action', 'Inc')], data: 'dry' })),
  unknown: await attempt(ao.message({ process: 'z'.repeat(43), signer, data: 'x' })),
  noModule: await attempt(ao.spawn({ module: 'z'.repeat(43), scheduler, signer, data: '1' })),
};
const failing = await ao.message({ process: game, signer, tags: [tag('Action', 'Fail')], data: 'x' });
answers.failing = await result(failing);
console.log(JSON.stringify(answers));
process.exit(0);
