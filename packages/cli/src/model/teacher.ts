import { type WeightDtype, weightDtypeOf } from '@fuseinit/model-files';
import {
  type LayersModel,
  type SpanRequest,
  simplifiedSpans,
  simplify,
  type TensorFlow,
} from '@fuseinit/tfjs';
import type { Command } from 'commander';
import type { Session } from '../program/run-command.js';
import { loadSavedModel } from './load-model.js';

export interface SimplifyingOptions {
  readonly simplify: boolean;
}

export function addSimplifyingOption(command: Command): Command {
  return command.option(
    '--no-simplify',
    'takes the model as it is, where batch norms and the like are otherwise folded first',
  );
}

/** A model whose layers are to be fused. */
export interface Teacher {
  readonly path: string;
  /** As it was saved: what it reads and answers is told by its layers. */
  readonly given: LayersModel;
  /**
   * What is fused: its simplified form, or the model itself where there is nothing to simplify or nobody
   * wants it.
   */
  readonly model: LayersModel;
  /** What its files store weights as. */
  readonly weights: WeightDtype;
  /** What simplifying it has to say. */
  readonly warnings: readonly string[];
  /**
   * Spans by names of layers of the model given, as spans of what is fused.
   *
   * @throws SPAN_NOT_FOUND, SPAN_ILLEGAL as `simplifiedSpans` does.
   */
  spans(spans: readonly SpanRequest[]): SpanRequest[];
}

/**
 * Loads a model and simplifies it.
 *
 * @throws as `loadSavedModel` does.
 */
export async function openTeacher(
  tf: TensorFlow,
  path: string,
  options: SimplifyingOptions,
  warn: Session['warn'],
): Promise<Teacher> {
  const { model: given, artifacts } = await loadSavedModel(tf, path, warn);
  const opened = { path, given, weights: weightDtypeOf(artifacts.weightSpecs ?? []) };
  const simplified = options.simplify ? simplify(given, { tf }) : undefined;
  if (!simplified || simplified.applied.length === 0) {
    simplified?.model.dispose();
    return { ...opened, model: given, warnings: [], spans: (spans) => [...spans] };
  }
  const { model, warnings } = simplified;
  return { ...opened, model, warnings, spans: (spans) => simplifiedSpans(spans, simplified) };
}

/** What the network that is fused is called in sentences. */
export function networkName({ given, model }: Teacher): string {
  return given === model ? 'teacher' : 'simplified teacher';
}

/** The model given, where what is fused is another one: to be measured beside it. */
export function givenBeside({ given, model }: Teacher): { readonly given?: LayersModel } {
  return given === model ? {} : { given };
}
