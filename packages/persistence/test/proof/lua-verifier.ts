import { readFile } from 'node:fs/promises';
import { createVm, textOfBytes, type Vm } from '@beamline/vm';

/** The verifier as a process on AO would hold it: a proof comes as the data of a message. */
export const LUA_VERIFIER = await readFile(new URL('../../src/proof/verify-proof.lua', import.meta.url), 'utf8');

const COMPUTE = `
function compute(base, req)
  local proved, why = verify_proof(req.body.data, req.body.expected)
  base.results = proved and { output = proved } or { output = { why = why } }
  return base
end
function flips(file, expected) -- how many of the files that differ in one bit are accepted
  local accepted = 0
  for i = 1, #file do
    local bit = 1 << (i * 5 % 8)
    local other = string.sub(file, 1, i - 1) .. string.char(string.byte(file, i) ~ bit) .. string.sub(file, i + 1)
    if verify_proof(other, expected) then accepted = accepted + 1 end
  end
  return accepted
end
`;

export interface LuaVerifier {
  verify(file: Uint8Array, expected: Record<string, string | number>): Promise<Record<string, unknown>>;
  flips(file: Uint8Array, expected: Record<string, string | number>): Promise<unknown>;
  ms(): number;
  close(): Promise<void>;
}

export async function createLuaVerifier(profile: 'lua@5.3a' | 'lua5.3'): Promise<LuaVerifier> {
  const vm: Vm = await createVm({ code: LUA_VERIFIER + COMPUTE, chunkName: 'verify-proof.lua', profile, timeLimitMs: 60_000 });
  let took = 0;
  return {
    async verify(file, expected) {
      const done = await vm.compute({ body: { data: textOfBytes(file), expected } });
      if (!done.ok) throw new Error(done.message);
      took = done.ms;
      return done.results?.['output'] as Record<string, unknown>;
    },
    flips: (file, expected) => vm.call('flips', textOfBytes(file), expected),
    ms: () => took,
    close: () => vm.close(),
  };
}
