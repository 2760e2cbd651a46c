import type { Migration } from './migration.ts';
import { typeOf } from './retype.ts';

/** One line for people: `adds Position.z, renames Bag to Sack`. */
export function describeSteps({ steps }: Migration): string {
  return steps.map((step) => {
    switch (step.do) {
      case 'add-component': return `adds ${step.component}`;
      case 'drop-component': return `drops ${step.component}`;
      case 'add-field': return `adds ${step.component}.${step.field.name}`;
      case 'drop-field': return `drops ${step.component}.${step.field}`;
      case 'rename-field': return `renames ${step.component}.${step.from} to ${step.to}`;
      case 'rename-component': return `renames ${step.from} to ${step.to}`;
      case 'split': return `splits ${step.component} into ${step.parts.map(({ component }) => component).join(' and ')}`;
      case 'merge': return `merges ${step.components.join(' and ')} into ${step.into}`;
      case 'widen': return `makes ${step.component}.${step.from.name} ${typeOf(step.to)}`;
      case 'map': return `computes ${step.component}.${step.from.name} anew`;
    }
  }).join(', ');
}
