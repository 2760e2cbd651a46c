import { expect, it } from '@jest/globals';
import { createAosVm, createVmPool, loadAosModule, type AosHandled, type AosVm } from '@beamline/vm';
import { environment, evaluate, message, OWNER, spawned, testAos } from './test-aos.ts';

for (const kind of ['wasm32', 'wasm64'] as const) {
  const { aos, bytes, missing } = await testAos(kind);
  const aosIt = (name: string, run: () => Promise<void>) => it(missing ?? `${kind}: ${name}`, missing === undefined ? run : () => Promise.resolve());
  // What does not depend on the width of addresses.
  const onceIt = kind === 'wasm32' ? aosIt : () => undefined;
  const open = async (options: { timeLimitMs?: number; memoryLimitBytes?: number; image?: Uint8Array } = {}): Promise<AosVm> => {
    const vm = await createAosVm({ aos: aos!, environment, ...options });
    if (options.image === undefined) await vm.handle(spawned);
    return vm;
  };

  aosIt('runs Eval for the owner and for nobody else', async () => {
    const vm = await open();
    expect(dataOf(await vm.handle(evaluate(1, 'Count = (Count or 0) + 1; return Count')))).toBe('1');
    expect(dataOf(await vm.handle(evaluate(2, 'Count = Count + 1; return Owner .. Count')))).toBe(`${OWNER}2`);
    await vm.handle(message(3, { Action: 'Eval' }, 'Count = 100', 'x'.repeat(43)));
    expect(dataOf(await vm.handle(evaluate(4, 'return Count')))).toBe('2');
    await vm.close();
  });

  aosIt('gives the same answers and the same memory for the same messages: no clock, no chance', async () => {
    const code = 'T = T or {}; T[#T + 1] = math.random(1000000) .. tostring(os.time()) .. os.clock(); local n = {} ' +
      'for k in pairs({ a = 1, b = 2, c = 3, dd = 4, eee = 5 }) do n[#n + 1] = k end return table.concat(T, ",") .. table.concat(n)';
    const [one, two] = [await open(), await open()];
    for (let slot = 1; slot < 4; slot++) expect(withoutMs(await one.handle(evaluate(slot, code)))).toEqual(withoutMs(await two.handle(evaluate(slot, code))));
    expect(Buffer.from(await one.image()).equals(await two.image())).toBe(true);
    await Promise.all([one.close(), two.close()]);
  });

  onceIt('undoes a message that ends in an error, and goes on', async () => {
    const vm = await open();
    await vm.handle(evaluate(1, 'Count = 1'));
    const [failed, syntax, next] = await vm.handleAll([evaluate(2, 'Count = 2; error("no")'), evaluate(3, 'Count = = 3'), evaluate(4, 'return Count')]);
    expect(failed).toMatchObject({ ok: false, reason: 'error', status: 400, message: expect.stringContaining('no') });
    expect(syntax).toMatchObject({ ok: false, reason: 'error' });
    expect(dataOf(next!)).toContain('1');
    await vm.close();
  });

  aosIt('stops an endless loop, refuses memory beyond the limit, and is as before either', async () => {
    const vm = await open({ timeLimitMs: 1_500, memoryLimitBytes: 80 * 1024 * 1024 });
    await vm.handle(evaluate(1, 'Count = 7'));
    expect(await vm.handle(evaluate(2, 'Count = 8; while true do end'))).toMatchObject({ ok: false, reason: 'timeout' });
    expect(await vm.handle(evaluate(3, 'Count = 9; local t = {} for i = 1, 8 do t[i] = string.rep(tostring(i), 4000000) end'))).toMatchObject({ ok: false, reason: 'memory' });
    expect(dataOf(await vm.handle(evaluate(4, 'return Count')))).toContain('7');
    expect((await vm.memory()).wasmBytes).toBeLessThanOrEqual(80 * 1024 * 1024);
    await vm.close();
  });

  onceIt('shows what a message would do without doing it', async () => {
    const vm = await open();
    await vm.handle(evaluate(1, 'Count = 1'));
    expect(dataOf(await vm.peek(evaluate(2, 'Count = Count + 1; return Count')))).toBe('2');
    expect(dataOf(await vm.handle(evaluate(2, 'return Count')))).toBe('1');
    await vm.close();
  });

  aosIt('continues from an image, also one of a grown memory, and refuses a damaged one and another process’s', async () => {
    const vm = await open();
    await vm.handle(evaluate(1, 'Big = string.rep("x", 8000000); Count = 41'));
    const image = await vm.image();
    await vm.close();
    const next = await open({ image });
    expect(dataOf(await next.handle(evaluate(2, 'Count = Count + 1; return Count .. ":" .. #Big')))).toBe('42:8000000');
    await next.close();
    const elsewhere = { ...environment, Process: { ...environment.Process, Id: 'q'.repeat(43) } };
    await expect(createAosVm({ aos: aos!, environment: elsewhere, image })).rejects.toMatchObject({ code: 'vm/bad-image' });
    image[image.length >> 1]! ^= 1;
    await expect(open({ image })).rejects.toMatchObject({ code: 'vm/bad-image' });
  });

  onceIt('takes any text, and bytes that are none as U+FFFD', async () => {
    const vm = await open();
    for (const [i, data] of ['plain', '"\\\n\t', 'grüße 🎲', '\0', 'a\udc80b'].entries()) {
      expect(dataOf(await vm.handle(evaluate(i + 1, `return [==[${data}]==]`)))).toBe(data.toWellFormed());
    }
    await vm.close();
  });

  onceIt('runs many processes in one thread, each with its own state', async () => {
    const pool = createVmPool({ threads: 1 });
    const vms = await Promise.all(Array.from({ length: 6 }, () => pool.openAos({ aos: aos!, environment })));
    await Promise.all(vms.map(async (vm, i) => {
      await vm.handleAll([spawned, evaluate(1, `Mine = ${i}`)]);
      expect(dataOf(await vm.handle(evaluate(2, 'return Mine')))).toBe(`${i}`);
    }));
    await pool.close();
  });

  onceIt('takes exactly the module that was pinned', async () => {
    const other = Buffer.from(bytes!);
    other[other.length - 1]! ^= 1;
    expect(() => loadAosModule(other, aos!.sha256)).toThrow(expect.objectContaining({ code: 'vm/wrong-module' }));
    await expect(createAosVm({ aos: aos!, environment, memoryLimitBytes: 32 * 1024 * 1024 })).rejects.toMatchObject({ code: 'vm/bad-option' });
  });
}

it('refuses what is no module at all', () => {
  for (const bytes of [new Uint8Array(0), Buffer.from('<html>'), Buffer.from('\0asm\x01\0\0\0\x01\x05', 'latin1'), Buffer.from('\0asm\x01\0\0\0\x0b\x01\x63', 'latin1')]) {
    expect(() => loadAosModule(bytes)).toThrow(expect.objectContaining({ code: 'vm/bad-module' }));
  }
});

function dataOf(handled: AosHandled): string | undefined {
  if (!handled.ok) throw new Error(handled.message);
  return (handled.result.Output as { data?: string }).data;
}

const withoutMs = (handled: AosHandled) => ({ ...handled, ms: 0 });
