import { describeError } from '@beamline/core';
import { layoutOf, type Component, type Field } from '@beamline/ecs';
import { createVm } from '@beamline/vm';
import { buildLuaProgram } from './build-lua.ts';
import { checkLoading } from './check-loading.ts';
import type { ModuleResolver } from './module-resolver.ts';
import { failed, type DescribedRole, type DescribeInput } from './describe-role.ts';

/** One line per component and field: `Name`, then ` field kind length scale`; `!Action` for each action. */
const describe = (entry: string): string => `
local role = require(${JSON.stringify(entry)})
function beamline_describe()
  local lines, count = {}, 0
  for i = 1, #role.components do
    local component = role.components[i]
    count = count + 1
    lines[count] = component.name
    for j = 1, #component.order do
      local name = component.order[j]
      local field = component.fields[name]
      count = count + 1
      lines[count] = " " .. name .. " " .. field.kind .. " " .. field.length .. " " .. field.scale
    end
  end
  for name in pairs(role.actions or {}) do
    count = count + 1
    lines[count] = "!" .. name
  end
  return table.concat(lines, "\\n")
end
function compute(base) return base end
`;

/** Runs the role's Lua in a vm and reads what the role it returns says of itself. */
export async function describeLuaRole(input: DescribeInput, resolver?: ModuleResolver): Promise<DescribedRole> {
  const program = await buildLuaProgram({ ...input, minify: false, ...(resolver && { resolver }) }, describe(input.entry));
  await checkLoading(program);
  const vm = await createVm({ code: program.code, chunkName: `${input.role}.lua` });
  try {
    const text = await vm.call('beamline_describe').catch((error: unknown) => {
      throw failed(input.role, describeError(error));
    });
    const lines = String(text).split('\n').filter((line) => line !== '');
    const actions = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1)).sort();
    return { layout: layoutOf(componentsOf(lines.filter((line) => !line.startsWith('!')))), actions };
  } finally {
    await vm.close();
  }
}

function componentsOf(lines: readonly string[]): Component[] {
  const components: { name: string; fields: Record<string, Field>; order: string[] }[] = [];
  for (const line of lines) {
    if (!line.startsWith(' ')) {
      components.push({ name: line, fields: {}, order: [] });
      continue;
    }
    const [name = '', kind, length, scale] = line.trim().split(' ');
    const component = components[components.length - 1];
    component?.order.push(name);
    if (component) component.fields[name] = { kind, length: Number(length), scale: Number(scale) } as Field;
  }
  return components as unknown as Component[];
}
