import { readFileSync } from 'node:fs';
import type { AoMap } from '@beamline/core';
import { describe, expect, it } from '@jest/globals';
import type { Message } from '../src/index.ts';
import { clientRequest, createTestProcess, pushedRequest, testId } from '../src/testing/index.ts';
import { arena } from './arena.ts';

const commitmentsOf = (request: AoMap) => (request['body'] as AoMap)['commitments'] as Record<string, AoMap>;
const whoAsked = (process: ReturnType<typeof createTestProcess>, request: AoMap) => {
  const [, , , , from, kind, link] = `${process.raw(request)['data']}`.split(' ');
  return { from, kind, link };
};
const spec = { id: testId('m'), process: testId('world'), slot: 1, timestamp: 1_000_000, tags: { action: 'When' } };

describe('the sender', () => {
  it('is the signer of an ANS-104 item, whatever from-process it claims', () => {
    const request = clientRequest({ ...spec, committer: testId('ann'), tags: { ...spec.tags, 'from-process': testId('bank') } });
    expect(whoAsked(createTestProcess(arena()), request)).toMatchObject({ from: testId('ann'), kind: 'client' });
  });

  it('is the sending process when a node in the authority signed that', () => {
    const request = pushedRequest({ ...spec, committer: testId('node'), fromProcess: testId('bank') });
    expect(whoAsked(createTestProcess(arena()), request)).toMatchObject({ from: testId('bank'), kind: 'process', link: '' });
  });

  it('is nobody when another node signed it', () => {
    const request = pushedRequest({ ...spec, committer: testId('rogue'), fromProcess: testId('bank') });
    expect(createTestProcess(arena()).raw(request)).toMatchObject({ outcome: 'refused', code: 'kernel/no-sender' });
  });

  it('is nobody when the node did not sign the key from-process: it may have been added', () => {
    const request = pushedRequest({ ...spec, committer: testId('node'), fromProcess: testId('bank') });
    commitmentsOf(request)[spec.id]!['committed'] = ['action', 'target'];
    expect(createTestProcess(arena()).raw(request)).toMatchObject({ code: 'kernel/no-sender' });
  });

  it('is read alike from lists and from tables keyed 1, 2, 3', () => {
    const request = pushedRequest({ ...spec, committer: testId('node'), fromProcess: testId('bank') });
    const committed = commitmentsOf(request)[spec.id]!['committed'] as string[];
    commitmentsOf(request)[spec.id]!['committed'] = Object.fromEntries(committed.map((key, at) => [`${at + 1}`, key]));
    expect(whoAsked(createTestProcess(arena()), request)).toMatchObject({ from: testId('bank'), kind: 'process' });
  });

  /** As a node shows messages of the same content: with the signatures of all who signed it. */
  const withSignatures = (request: AoMap, signers: Record<string, string>): AoMap => {
    const [own] = Object.values(commitmentsOf(request)) as [AoMap];
    const all = Object.entries(signers).map(([name, signer]) => [testId(name), { ...own, committer: testId(signer) }]);
    return { ...request, body: { ...(request['body'] as AoMap), commitments: Object.fromEntries(all) } };
  };

  it('is whom the message names, whoever else signed the same content, before or after', () => {
    const request = clientRequest({ ...spec, committer: testId('ann'), tags: { ...spec.tags, signer: testId('ann') } });
    const copied = withSignatures(request, { a: 'eve', m: 'ann', z: 'bob' });
    expect(whoAsked(createTestProcess(arena()), copied)).toMatchObject({ from: testId('ann'), kind: 'client' });
    commitmentsOf(copied)[testId('m')]!['committed'] = ['action'];
    expect(whoAsked(createTestProcess(arena()), copied)).toMatchObject({ from: testId('eve') });
  });

  it('is the one whose message is new when two sent the same content', () => {
    const process = createTestProcess(arena());
    const seen: string[] = [];
    const send = (slot: number, signers: Record<string, string>) => {
      const request = withSignatures({ ...clientRequest({ ...spec, slot, committer: testId('ann') }) }, signers);
      seen.push(whoAsked(process, request).from ?? '');
    };
    send(1, { m: 'ann' });
    send(2, { m: 'ann', z: 'bob' });
    send(3, { m: 'ann', z: 'bob', b: 'ann' });
    expect(seen).toEqual([testId('ann'), testId('bob'), testId('ann')]);
    const again = withSignatures(clientRequest({ ...spec, slot: 4, committer: testId('ann') }), { m: 'ann', z: 'bob', b: 'ann' });
    expect(process.raw(again)).toMatchObject({ outcome: 'duplicate' });
  });

  it('said only what the signature covers', () => {
    const process = createTestProcess(arena({ actions: { Echo: (_world, { data, tags }) => `${data}|${tags['extra'] ?? ''}` } }));
    const request = clientRequest({ ...spec, committer: testId('ann'), tags: { action: 'Echo', extra: 'x' }, data: 'd' });
    commitmentsOf(request)[spec.id]!['committed'] = ['action'];
    expect(process.raw(request)).toMatchObject({ data: '|' });
  });
});

describe('the authority', () => {
  for (const [shape, authority] of Object.entries({
    'comma list': `${testId('other')}, ${testId('node')}`, 'quoted list': `"${testId('other')}", "${testId('node')}"`,
  })) {
    it(`may be a ${shape}`, () => {
      const process = createTestProcess(arena(), { authority });
      const request = pushedRequest({ ...spec, committer: testId('node'), fromProcess: testId('bank') });
      expect(whoAsked(process, request)).toMatchObject({ kind: 'process' });
    });
  }
});

describe('owner operations', () => {
  const tags = { protocol: '1', issued: '1000000' };
  const cases: [string, string, Record<string, string>, string][] = [
    ['from anybody else', 'eve', tags, 'kernel/not-owner'],
    ['of another protocol', 'owner', { ...tags, protocol: '2' }, 'kernel/protocol'],
    ['without a protocol', 'owner', { issued: '1000000' }, 'kernel/protocol'],
    ['for another environment', 'owner', { ...tags, environment: 'live' }, 'kernel/environment'],
    ['signed too long ago', 'owner', { ...tags, issued: '399999' }, 'kernel/stale-operation'],
    ['signed in the future', 'owner', { ...tags, issued: '1600001' }, 'kernel/stale-operation'],
    ['without a time', 'owner', { protocol: '1' }, 'kernel/stale-operation'],
  ];
  for (const [name, from, given, code] of cases) {
    it(`${name} are refused`, () => {
      const process = createTestProcess(arena());
      expect(process.say({ from: testId(from), action: 'Beamline.Freeze', tags: given })).toMatchObject({ outcome: 'refused', code });
      expect(process.health).toMatchObject({ phase: 'active', applied: 0 });
    });
  }

  it('must name the environment the process was spawned in', () => {
    const process = createTestProcess(arena(), { tags: { 'beamline-environment': 'live' } });
    expect(process.operate('Freeze')).toMatchObject({ code: 'kernel/environment' });
    expect(process.operate('Freeze', { Environment: 'live' })).toMatchObject({ outcome: 'ok' });
  });

  it('that nobody knows are refused, and the game never sees them', () => {
    const process = createTestProcess(arena({ actions: { 'Beamline.Boo': () => 'seen' } }));
    expect(process.operate('Boo')).toMatchObject({ outcome: 'refused', code: 'kernel/unknown-operation' });
  });

  it('of a process that nobody signed are refused', () => {
    const process = createTestProcess(arena(), { owner: '' });
    expect(process.operate('Freeze')).toMatchObject({ code: expect.stringMatching(/kernel\/(no-sender|not-owner)/) });
  });
});

const show = (_world: unknown, { from, fromProcess, id, data, tags }: Message) =>
  `${from} ${fromProcess} ${id} ${data} ${tags['oid'] ?? tags['x-n']}`;

it('reads the messages of a real node', () => {
  const fixture = new URL('./fixtures/', import.meta.url);
  const load = (name: string) => JSON.parse(readFileSync(new URL(name, fixture), 'utf8')) as { assignments: Record<string, AoMap> };
  const ans104 = Object.values(load('schedule-ans104.json').assignments).find((entry) => (entry['body'] as AoMap | undefined)?.['action'] === 'fwd')!;
  const pushed = load('schedule-pushed.json').assignments['2']!;
  const node = 'PV393XmWavtgpKwHOLPLmRCO3NUnzRWUAoEUxUiojZo';
  const process = createTestProcess(arena({
    actions: { fwd: show, dump: show },
  }), { authority: node });
  const signed = Object.keys(commitmentsOf(ans104)).find((id) => commitmentsOf(ans104)[id]!['commitment-device'] === 'ans104@1.0')!;
  expect(process.raw(ans104)['data']).toBe(`KWTZTWxY-CafklEeLb7rLM3fW3rkw8uEeux6UxinOac false ${signed} payload-\\u00e9-text ORIGID`);
  expect(process.raw(pushed)['data'])
    .toBe('bTMkgkrNTQeZKXiSBzIfNPgClQlOTHJ2gQVNDKw3WlQ true 9Gmman_CD5trCYkt02imakwRPKh5mqk7_eShAQIFXsE payload-\\u00e9-text 5');
});
