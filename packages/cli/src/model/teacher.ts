import { type WeightDtype, weightDtypeOf } from '@fuseinit/model-files';
import { type LayersModel, type SpanRequest, simplifiedSpans, simplify } from '@fuseinit/tfjs';
import type { Command } from 'commander';
import type { Session } from '../program/run-command.js';
import { loadSavedModel } from './load-model.js';
import type { PluggedDevice } from './open-device.js';

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
  /** The model as it was saved; its layers determine its inputs and its task. */
  readonly given: LayersModel;
  /**
   * The network that is fused: the simplified form, or the model itself if there is nothing to simplify or
   * `--no-simplify` is given.
   */
  readonly model: LayersModel;
  /** The type in which its files store weights. */
  readonly weights: WeightDtype;
  /** The warnings of simplifying it. */
  readonly warnings: readonly string[];
  /**
   * Translates spans of the model given into spans of the network that is fused.
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
  { tf, plugins }: Pick<PluggedDevice, 'tf' | 'plugins'>,
  path: string,
  options: SimplifyingOptions,
  warn: Session['warn'],
): Promise<Teacher> {
  const { model: given, artifacts } = await loadSavedModel(tf, path, warn);
  const opened = { path, given, weights: weightDtypeOf(artifacts.weightSpecs ?? []) };
  const simplified = options.simplify ? simplify(given, { tf, plugins }) : undefined;
  if (!simplified || simplified.applied.length === 0) {
    simplified?.model.dispose();
    return { ...opened, model: given, warnings: [], spans: (spans) => [...spans] };
  }
  const { model, warnings } = simplified;
  return { ...opened, model, warnings, spans: (spans) => simplifiedSpans(spans, simplified) };
}

/** Returns the name of the fused network for use in sentences. */
export function networkName({ given, model }: Teacher): string {
  return given === model ? 'teacher' : 'simplified teacher';
}

/** Returns the model given, if another one is fused, so that it can be measured too. */
export function givenBeside({ given, model }: Teacher): { readonly given?: LayersModel } {
  return given === model ? {} : { given };
}
