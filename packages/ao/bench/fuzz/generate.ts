/** A seeded source of numbers from 0 up to 1 (mulberry32): the same seed gives the same inputs everywhere. */
export function createChance(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return { below, pick: <T>(list: readonly T[]): T => list[below(list.length)] as T, often: (share: number): boolean => next() < share };
}
export type Chance = ReturnType<typeof createChance>;

/** Bytes that differ from the given ones: flipped, cut, stretched, overwritten with extremes, spliced with themselves. */
export function mutate(chance: Chance, source: Uint8Array): Buffer {
  let bytes = Buffer.from(source);
  for (let left = 1 + chance.below(3); left > 0; left--) {
    // The head and the tags decide how everything else is read.
    const at = chance.below(chance.often(0.7) ? Math.min(bytes.length, 400) : bytes.length);
    switch (chance.below(6)) {
      case 0: bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8)); break;
      case 1: bytes = bytes.subarray(0, at); break;
      case 2: bytes = Buffer.concat([bytes, Buffer.alloc(1 + chance.below(64), chance.below(256))]); break;
      case 3: bytes.fill(chance.pick([0, 0x7f, 0x80, 0xff]), at, Math.min(bytes.length, at + 1 + chance.below(8))); break;
      case 4: bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + chance.below(16))]); break;
      default: bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(chance.below(bytes.length)).subarray(0, 64), bytes.subarray(at)]);
    }
  }
  return bytes.equals(source) ? Buffer.concat([bytes, Buffer.from([1])]) : bytes;
}

const WORDS = [
  'push', 'schedule', 'now', 'compute', 'compute=0', 'compute=-1', 'compute=1e3', 'compute=99999999999999999999', 'compute=__proto__', 'slot', 'current', 'as=execution',
  'results', 'output', 'data', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '..', '.', '%2e%2e', '%2f', '%00', '%', '%zz', '%c3%28', '~', '~~', '&', '=', '&=&',
  '~meta@1.0', 'info', 'build', 'address', '~local-name@1.0', 'lookup', 'register', '~hyperbuddy@1.0', 'metrics', '~process@1.0', '~cron@1.0', 'once', 'every', 'stop',
  'push&slot=0', 'push&slot=-1', 'schedule&from=0&to=999999', 'schedule&from=9', 'x'.repeat(513), 'etc/passwd', '\u00e9', '🎲', ' ', '"', '<script>', '\\',
  '~beamline@1.0', 'status', 'fork', 'brick', '~relay@1.0', 'call', 'cast', '5-hours="', '1-day="/x"', '~bundler@1.0', 'tx', 'mu', 'cu', 'su', 'gw', 'graphql', 'result', 'results', 'dry-run', 'latest', 'monitor', 'v1',
];
const QUERY = [
  '', '?', '?from=0&to=1', '?from=5&to=1', '?from=a', '?require-codec=application/json', '?require-codec=application/json&accept-bundle=true', '?slot=1', '?__proto__=1', '?a=%', '??', '?key=x&cache=1',
  '?interval=1-day&cron-path=/~meta@1.0/info', '?interval=2-days&cron-path=%2F%zz', '?interval=x&cron-path=', '?cron-path=//////', '?task=x', '?relay-path=http://127.0.0.1:1/', '?relay-path=%00&relay-method=%0a',
  '?process-id=x&from-nonce=0.5', '?limit=-1&sort=DESC', '?from-nonce=1e308&to-nonce=-1e308', '?limit=NaN&from=Infinity', '?assign=x',
];
// Whole, they are what some route takes; mutated, they are what none should fall over.
const JSON_BODIES = [
  '{"query":"query($ids:[ID!]){transactions(ids:$ids){edges{node{id}}}}","variables":{"ids":["x"],"tags":[{"name":"a","values":["b"]}],"first":3,"after":"x","sort":"HEIGHT_ASC"}}',
  '{"Id":"1234","Owner":"1234","Target":"x","Data":"y","Tags":[{"name":"Action","value":"Info"}],"Anchor":"0"}',
  '[{"slot":-1,"timestamp":1,"id":"x","body":{"commitments":{}}}]', 'null', '[]', '""', '-0',
].map((text) => Buffer.from(text));
const HEADERS = [
  'accept: application/json\r\n', 'accept-bundle: true\r\n', 'require-codec: application/json\r\n', 'require-codec: \xff\xfe\r\n', 'codec-device: ans104@1.0\r\n', 'codec-device: json@1.0\r\n', 'expect: 100-continue\r\n', 'expect: nothing\r\n',
  'connection: upgrade\r\nupgrade: websocket\r\n', 'range: bytes=0-\r\n', 'if-none-match: *\r\n', 'cookie: a=b; a=b\r\n', 'x-forwarded-for: 1.2.3.4\r\n', 'host: elsewhere\r\n', 'transfer-encoding: identity\r\n', 'content-encoding: gzip\r\n', 'origin: null\r\n',
  `x: ${'y'.repeat(2_000)}\r\n`, 'signature: comm-x=:AA==:\r\n', 'signature-input: comm-x=();alg="rsa-pss-sha512";keyid="publickey:AQ=="\r\n', 'content-length: 5\r\n', 'content-length: 18446744073709551616\r\n', ': empty\r\n', 'no colon\r\n',
];

/** A path of a node: sensible words in senseless order. */
export function path(chance: Chance, ids: readonly string[]): string {
  const words = Array.from({ length: chance.below(6) }, () => (chance.often(0.3) ? chance.pick(ids) + chance.pick(['', '~process@1.0', '~x', '&a=b', '=1']) : chance.pick(WORDS)));
  const text = `/${words.join('/')}${chance.pick(QUERY)}`;
  // Spaces and foreign letters are escaped by every client; raw ones are the business of `wire`.
  return [...text].map((letter) => (/[!-~]/.test(letter) ? letter : encodeURIComponent(letter))).join('');
}

/** What a socket sends: a request, or something that only looks like one. */
export function wire(chance: Chance, ids: readonly string[], item: Uint8Array): Buffer {
  const body = chance.often(0.5) ? mutate(chance, chance.often(0.7) ? item : chance.pick(JSON_BODIES)) : chance.often(0.2) ? chance.pick(JSON_BODIES) : Buffer.alloc(0);
  const method = chance.pick(['GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'M-SEARCH', 'BREW']);
  const kind = chance.pick(['content-type: application/ans104\r\ncodec-device: ans104@1.0\r\n', 'content-type: text/plain\r\n', 'content-type: application/json\r\n', '']);
  const odd = chance.often(0.3) ? Array.from({ length: 1 + chance.below(3) }, () => chance.pick(HEADERS)).join('') : '';
  const signature = chance.often(0.1) ? `signature: comm-x=:${'A'.repeat(chance.below(90))}:\r\nsignature-input: comm-x=("key" "value");alg="rsa-pss-sha512";keyid="${chance.pick(['x', 'publickey:AA==', ''])}"\r\n` : '';
  const length = chance.often(0.05) ? chance.below(body.length + 50) : body.length;
  const head = Buffer.from(`${method} ${path(chance, ids)} HTTP/1.1\r\nhost: localhost\r\n${kind}${odd}${signature}content-length: ${length}\r\n\r\n`, 'latin1');
  const whole = Buffer.concat([head, body]);
  return chance.often(0.05) ? mutate(chance, whole) : whole;
}
