import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const HOME = join(import.meta.dirname, 'lua-tree');
const LIBRARIES = ['strings', 'tables', 'amounts', 'check', 'router', 'encode', 'events', 'machine', 'random', 'access'];
const DOMAINS = ['ledger', 'market', 'quest', 'auction', 'guild'];
const NAMES = ['amber', 'birch', 'copper', 'dagger', 'ember', 'falcon', 'garnet', 'harbor'];

export interface LuaTreeProject {
  /** Its text sets the global `handle(message)`. */
  entry: string;
  modules: number;
  lines: number;
  messages: { From: string; Tags: Record<string, string> }[];
}

/** Writes a game of 50 Lua modules: ten libraries, and of five kinds of business eight each. The same every time. */
export async function writeLuaTree(folder: string): Promise<LuaTreeProject> {
  let lines = 0;
  const write = async (name: string, text: string) => {
    lines += text.split('\n').length - 1;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  };
  for (const name of LIBRARIES) await write(`lib/${name}.lua`, await readFile(join(HOME, 'lib', `${name}.lua`), 'utf8'));
  const modules: string[] = [];
  for (const domain of DOMAINS) {
    const template = await readFile(join(HOME, 'domain', `${domain}.lua`), 'utf8');
    for (const [index, name] of NAMES.entries()) {
      await write(`${domain}/${name}.lua`, template.replace(/@(\w+)@/g, (_, key: string) => valueOf(key, name, index)));
      modules.push(`${domain}.${name}`);
    }
  }
  const requires = modules.map((name) => `require("${name}")`).join('\n');
  await write('main.lua', `local router = require("lib.router")\nlocal random = require("lib.random")\n${requires}\n\nrandom.seed(7)\n\nfunction handle(message)\n  return router.handle(message)\nend\n`);
  return { entry: join(folder, 'main.lua'), modules: LIBRARIES.length + modules.length, lines, messages: messagesOf() };
}

function valueOf(key: string, name: string, index: number): string {
  const title = name[0]?.toUpperCase() + name.slice(1);
  if (key === 'name') return name;
  if (key === 'Name') return title;
  if (key === 'TICKER') return name.toUpperCase().slice(0, 3);
  if (key === 'supply') return `${1 + index}000000000000`;
  const numbers: Record<string, number> = {
    fee: index, minimum: 1 + index, maximum: 1000 + 10 * index, reward: 1 + (index % 3), copper: 60 - index, ambush: 5 + index, search: 6 + index,
    fight: 8 + (index % 5), step: 1 + index, percent: 2 + (index % 4), quorum: 5 + index, history: 20 + index,
  };
  return String(numbers[key]);
}

/** Some of what players would send, good and bad, to every module. */
function messagesOf(): LuaTreeProject['messages'] {
  const list: LuaTreeProject['messages'] = [];
  for (const name of NAMES) {
    const title = name[0]?.toUpperCase() + name.slice(1);
    const send = (From: string, action: string, tags: Record<string, string> = {}) => list.push({ From, Tags: { Action: `${title}-${action}`, ...tags } });
    for (const to of ['bob', 'cleo', 'not an address']) send('ann', 'Transfer', { Recipient: to, Quantity: '500000' });
    send('bob', 'Transfer', { Recipient: 'cleo', Quantity: '999999999999' });
    send('ann', 'Approve', { Spender: 'bob', Quantity: '70' });
    send('bob', 'TransferFrom', { Owner: 'ann', Recipient: 'dan', Quantity: '60' });
    send('bob', 'Mint', { Recipient: 'bob', Quantity: '5' });
    send('ann', 'Mint', { Recipient: 'bob', Quantity: '5' });
    send('cleo', 'Burn', { Quantity: '17' });
    send('ann', 'Vest', { Recipient: 'eve', Quantity: '900', Height: '12' });
    send('ann', 'Release', { Height: '15' });
    send('ann', 'Holders', { Limit: '4' });
    send('eve', 'Balance');
    send('ann', 'Audit');
    for (const [owner, Side, Price, Amount] of [['ann', 'ask', '30', '4'], ['bob', 'ask', '29', '2'], ['cleo', 'bid', '31', '5'], ['dan', 'bid', '12', '9'], ['eve', 'buy', '1', '1'], ['eve', 'bid', '0', '1']] as const) send(owner, 'Order', { Side, Price, Amount });
    send('dan', 'Cancel', { Number: '1' });
    send('ann', 'Cancel', { Number: '1' });
    send('ann', 'Depth');
    send('ann', 'Price');
    for (const player of ['bob', 'cleo', 'dan']) {
      send(player, player === 'dan' ? 'Decline' : 'Accept');
      for (let step = 0; step < 5; step += 1) send(player, 'Step');
      send(player, 'Rewards');
      send(player, 'Progress');
    }
    send('ann', 'Summary');
    for (const [number, Kind] of ['english', 'sealed', 'dutch', 'silent'].entries()) {
      send('ann', 'Open', { Item: `${Kind} vase`, Kind, Price: '20', Ends: '50' });
      for (const [who, Amount] of [['bob', '25'], ['cleo', '40'], ['ann', '99']] as const) send(who, 'Bid', { Number: String(number + 1), Amount, Height: '3' });
      send('bob', 'Close', { Number: String(number + 1), Height: '60' });
    }
    send('ann', 'Extend', { Number: '9', By: '3' });
    send('ann', 'Sales');
    for (const who of ['bob', 'cleo', 'bob']) send(who, 'Join');
    send('ann', 'Promote', { Member: 'bob' });
    send('bob', 'Deposit', { Amount: '400' });
    send('bob', 'Propose', { Title: 'a new hall', Amount: '300', Recipient: 'dan' });
    for (const who of ['bob', 'ann', 'ann', 'cleo']) send(who, 'Vote', { Number: '1', For: 'true' });
    send('ann', 'Ban', { Member: 'cleo', Reason: 'noise' });
    send('cleo', 'Join');
    send('ann', 'Roster');
    send('ann', 'Chronicle', { Count: '9' });
    send('ann', 'Nothing');
  }
  return list;
}
