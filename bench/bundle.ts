import { measureGrowth } from './bundle/growth.ts';
import { measureJavaScript } from './bundle/javascript.ts';
import { measureLuaTree } from './bundle/lua-tree.ts';
import { measureSizes } from './bundle/sizes.ts';
import { measureTimes } from './bundle/times.ts';
import { rounded } from './rounded.ts';

/** Sizes in bytes, times in milliseconds; `…Vs…` is ours divided by theirs, in the same run on the same sources. */
export async function run({ quick = false }: { quick?: boolean } = {}): Promise<Record<string, number>> {
  return rounded({
    ...(await measureSizes(quick)),
    ...(await measureLuaTree()),
    ...(await measureJavaScript(quick)),
    ...(await measureTimes(quick)),
    ...(await measureGrowth(quick)),
  });
}
