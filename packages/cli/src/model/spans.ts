import { readFile } from 'node:fs/promises';
import { FuseInitError } from '@fuseinit/core';
import { type PlanFile, parsePlan } from '@fuseinit/planner';
import type { SpanRequest } from '@fuseinit/tfjs';
import { teacherFingerprint } from '@fuseinit/tfjs/internal';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CliError } from '../program/failure.js';
import { lengths, list } from '../program/option-values.js';
import type { Teacher } from './teacher.js';

export interface SpansOptions {
  readonly plan?: string;
  readonly spans?: SpanRequest[];
}

export function addSpansOptions(command: Command): Command {
  return command
    .addOption(new Option('--plan <file>', 'what to fuse, as fuseinit plan wrote it').conflicts('spans'))
    .option('--spans <spans>', 'or as conv1:conv2,conv3:conv4@5 (kernel 5x5)', parseSpans);
}

/** Refuses a command that names nothing to fuse before anything is read. @throws CliError USAGE */
export function requireSpans({ plan, spans }: SpansOptions): void {
  if (spans || plan !== undefined) return;
  throw new CliError('USAGE', 'Nothing is named to fuse: give --plan FILE or --spans FIRST:LAST.');
}

/** The spans that a command names, and the plan that it named them by, if any. */
export interface RequestedSpans {
  /** The spans as those of the network that is fused. */
  readonly spans: SpanRequest[];
  readonly plan: PlanFile | undefined;
}

/**
 * Reads the spans that a command names.
 *
 * @throws PLAN_INVALID when there is no plan at the path, it has faults, or is for another model.
 * @throws SPAN_NOT_FOUND, SPAN_ILLEGAL for names that aren't layers of the teacher, or one layer of its
 * simplified form.
 */
export async function requestedSpans(
  { plan: path, spans }: SpansOptions,
  teacher: Teacher,
): Promise<RequestedSpans> {
  const plan = path === undefined ? undefined : await readPlan(path, teacher);
  return { spans: teacher.spans(spans ?? (plan ? spansOfPlan(plan) : [])), plan };
}

/**
 * Parses `conv1:conv2,conv3:conv4@5`: spans by their first and last layer, and the kernel of a fused
 * convolution.
 */
export function parseSpans(text: string): SpanRequest[] {
  return list(text).map((part) => {
    const found = /^([^:]+):([^:]+?)(?:@(\d+(?:x\d+)?))?$/.exec(part);
    if (!found) {
      throw new InvalidArgumentError(
        'FIRST:LAST or FIRST:LAST@KERNEL, separated by commas, was expected; a plan takes any name of a layer.',
      );
    }
    const [, from, to, kernel] = found;
    return { from: from!, to: to!, ...(kernel !== undefined && { kernelSize: parseKernelSize(kernel) }) };
  });
}

/** Parses `5` or `3x5`; a single number is for every axis. */
export function parseKernelSize(text: string): number | number[] {
  const sizes = lengths(text);
  return sizes.length === 1 ? sizes[0]! : sizes;
}

/** Formats spans as `--spans` takes them. */
export function spansText(
  spans: readonly {
    readonly from: string;
    readonly to: string;
    readonly kernelSize?: number | readonly number[] | null;
  }[],
): string {
  return spans
    .map(
      ({ from, to, kernelSize }) => `${from}:${to}${kernelSize ? `@${kernelText([kernelSize].flat())}` : ''}`,
    )
    .join(',');
}

function kernelText(kernelSize: readonly number[]): string {
  return new Set(kernelSize).size === 1 ? String(kernelSize[0]) : kernelSize.join('x');
}

async function readPlan(path: string, teacher: Teacher): Promise<PlanFile> {
  const plan = parsePlan(await planText(path), path);
  await requireSameModel(plan, path, teacher);
  return plan;
}

function spansOfPlan({ spans }: PlanFile): SpanRequest[] {
  return spans.map(({ from, to, kernelSize }) => ({ from, to, ...(kernelSize && { kernelSize }) }));
}

async function planText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new FuseInitError(
      'PLAN_INVALID',
      `The plan ${path} can't be read: ${(cause as Error).message}. fuseinit plan -o writes one.`,
      { cause },
    );
  }
}

async function requireSameModel({ teacher }: PlanFile, path: string, { given }: Teacher): Promise<void> {
  if (teacher.fingerprint === undefined || teacher.fingerprint === (await teacherFingerprint(given))) return;
  throw new FuseInitError(
    'PLAN_INVALID',
    `${path} is a plan for another model, ${JSON.stringify(teacher.name)}: layers or weights of ${JSON.stringify(given.name)} are others. Plan anew, or take teacher.fingerprint out of the plan to use it all the same.`,
  );
}
