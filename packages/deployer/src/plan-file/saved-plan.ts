import { createHash } from 'node:crypto';
import { Fault } from '@beamline/core';
import { canonicalJson } from '@beamline/ecs';
import type { DeploymentPlan } from '../plan.ts';
import { planShape } from './plan-shape.ts';
import { requestShape, type PlanRequest } from './plan-request.ts';
import { matching, object, oneOf } from './shape.ts';

/** A plan with what was asked for, so that whoever carries it out can ask for the same again and compare. */
export interface SavedPlan {
  request: PlanRequest;
  plan: DeploymentPlan;
}

/** What is on disk: `sha256` is that of the canonical JSON of everything else. */
interface PlanFile extends SavedPlan {
  format: 'beamline-plan';
  version: 1;
  sha256: string;
}

const MAX_BYTES = 64 * 1024 * 1024;

const fileShape = object<PlanFile>({
  format: oneOf('beamline-plan'), version: oneOf(1), request: requestShape, plan: planShape, sha256: matching(/^[0-9a-f]{64}$/, 'a SHA-256 in hex'),
});

/** The text of a plan's file: JSON that people can review, with a hash by which an edited one is found out. */
export function printPlan({ request, plan }: SavedPlan): string {
  return `${JSON.stringify({ format: 'beamline-plan', version: 1, request, plan, sha256: hashOf({ request, plan }) }, null, 2)}\n`;
}

/**
 * Reads what `printPlan` wrote. Of any bytes whatsoever comes a plan that is whole and as it was written, or a Fault.
 * @throws Fault `deployer/bad-plan`, with the place
 */
export function parsePlan(file: string | Uint8Array): SavedPlan {
  if (file.length > MAX_BYTES) throw badFile(`it has ${file.length} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(typeof file === 'string' ? file : new TextDecoder('utf-8', { fatal: true }).decode(file));
  } catch (cause) {
    throw badFile('it is no JSON', cause);
  }
  const problem = fileShape(value, 'file');
  if (problem !== undefined) throw badFile(problem);
  const { request, plan, sha256 } = value as PlanFile;
  if (hashOf({ request, plan }) !== sha256) throw badFile('file.sha256: is not that of the content: somebody edited it');
  return { request, plan };
}

const hashOf = ({ request, plan }: SavedPlan): string =>
  createHash('sha256').update(canonicalJson({ format: 'beamline-plan', version: 1, request, plan })).digest('hex');

const badFile = (what: string, cause?: unknown): Fault =>
  new Fault('deployer/bad-plan', `this is no plan that could be carried out: ${what}`, {
    hint: 'Make a new one: beamline plan <environment> --out <file>. A plan is changed by planning otherwise, not by editing it.', cause,
  });
