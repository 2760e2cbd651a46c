// Run by aos-on-the-local-network.test.ts: the official client in legacy mode, unmodified, with processes of an aos module.
import { readFile } from 'node:fs/promises';
import { connect, createSigner } from '@permaweb/aoconnect';

const [url, wallet, module, scheduler] = process.argv.slice(2);
const signer = createSigner(JSON.parse(await readFile(wallet, 'utf8')));
const ao = connect({ MODE: 'legacy', MU_URL: `${url}/mu`, CU_URL: `${url}/cu`, GATEWAY_URL: `${url}/gw`, GRAPHQL_URL: `${url}/gw/graphql`, noLog: true });
const tag = (name, value) => ({ name, value });
const spawn = (name) => ao.spawn({ module, scheduler, signer, tags: [tag('Authority', scheduler), tag('Name', name)], data: '1984' });
const run = async (process, code) => ao.result({ process, message: await ao.message({ process, signer, tags: [tag('Action', 'Eval')], data: code }) });
const settled = async (process, code, wanted) => {
  for (let i = 0; i < 100; i++) {
    const seen = (await ao.dryrun({ process, Owner: await ownerOf(process), tags: [tag('Action', 'Eval')], data: code })).Output?.data;
    if (seen === wanted) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const ownerOf = async (process) => (await (await fetch(`${url}/su/${process}/latest?process-id=${process}`)).json()).message.owner.address;

const [game, other] = [await spawn('game'), await spawn('other')];
const answers = { game, other };
answers.first = await run(game, 'Count = 1 return Name .. Count');
answers.failed = await run(game, 'Count = 99 error("no")');
answers.kept = await run(game, 'return Count');
await run(other, 'Handlers.add("cargo", "Cargo", function(m) Got = m.Data .. ":" .. m.From .. ":" .. m.Tags.camelCase Send({ Target = m.From, Action = "Thanks" }) end)');
await run(game, 'Handlers.add("thanks", "Thanks", function(m) Thanked = m.From end)');
answers.sent = await run(game, `Send({ Target = "${other}", Action = "Cargo", camelCase = "yes", Data = "grüße" })`);
answers.got = await settled(other, 'return Got', `grüße:${game}:yes`);
answers.thanked = await settled(game, 'return Thanked', other);
answers.spawning = await run(game, 'ao.spawn(ao._module, { Data = "x", Tags = { Name = "child" } }).onReply(function(m) Child = m.Process end)');
answers.child = (await settled(game, 'return Child and #Child', '43')) === '43' && (await run(game, 'return Child')).Output.data;
answers.childName = (await (await fetch(`${url}/cu/results/${answers.child}`)).json()).edges?.length;
answers.dry = await ao.dryrun({ process: game, Owner: await ownerOf(game), tags: [tag('Action', 'Eval')], data: 'Count = Count + 1 return Count' });
answers.again = await run(game, 'return Count');
answers.slots = (await ao.results({ process: game, limit: 3, sort: 'DESC' })).edges.length;
console.log(JSON.stringify(answers));
process.exit(0);
