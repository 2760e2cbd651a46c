import type { Command } from 'commander';
import { Fault } from '@beamline/core';
import type { Condition, Follow, Selection } from '@beamline/stack';

/** Which entities, as flags say it. */
export interface SelectionFlags {
  entity?: readonly string[];
  with?: readonly string[];
  where?: readonly string[];
  depth?: string;
  stop?: readonly string[];
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function addSelection(command: Command): Command {
  return command
    .option('--entity <id>', 'this entity; may be repeated', collect)
    .option('--with <component>', 'entities that have it; may be repeated, all must hold', collect)
    .option('--where <condition>', 'such as Player.name=ada, Position.x=10..20; may be repeated, all must hold', collect)
    .option('--depth <n>', 'how far references are followed; default to the end')
    .option('--stop <component>', 'entities that have it are not followed into; may be repeated', collect);
}

/** @throws Fault `cli/flags` */
export function readSelection({ entity, with: having, where }: SelectionFlags): Selection {
  return {
    ...(entity === undefined ? {} : { entities: entity.map((id) => readInteger('--entity', id)) }),
    ...(having === undefined ? {} : { with: having }),
    ...(where === undefined ? {} : { where: where.map(readCondition) }),
  };
}

export function readFollow({ depth, stop }: SelectionFlags): Follow {
  return { ...(depth === undefined ? {} : { depth: readInteger('--depth', depth) }), ...(stop === undefined ? {} : { stop }) };
}

export const isSelecting = ({ entity, with: having, where }: SelectionFlags): boolean => entity !== undefined || having !== undefined || where !== undefined;

function readCondition(text: string): Condition {
  const [, component, field, value] = /^([A-Za-z][\w-]*)\.([A-Za-z][\w#-]*)=(.*)$/s.exec(text) ?? [];
  if (component === undefined || field === undefined || value === undefined) {
    throw new Fault('cli/flags', `--where ${text} is no condition`, { hint: 'Write a value (Player.name=ada) or a range, both ends included (Position.x=10..20, Position.x=10..).' });
  }
  const [, min, max] = /^(-?\d+)?\.\.(-?\d+)?$/.exec(value) ?? [];
  if (min === undefined && max === undefined) return { component, field, is: value };
  return { component, field, ...(min === undefined ? {} : { min: Number(min) }), ...(max === undefined ? {} : { max: Number(max) }) };
}

export function readInteger(flag: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Fault('cli/flags', `${flag} must be a whole number, not ${text}`);
}
