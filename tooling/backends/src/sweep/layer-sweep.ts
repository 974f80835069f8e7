import type { BackendAdapter, LayerDescription } from '@fuseinit/core';
import { type LayerSetting, layerSettings, settingTitle } from '@fuseinit/registry/testing';
import { repairKernels, type Tensor, type TensorFlow } from '@fuseinit/tfjs';
import { faultsOf } from '@fuseinit/tfjs/testing';
import { runGraphSetting } from './run-graph-setting.js';
import { runSetting, type SettingResult } from './run-setting.js';

/**
 * The settings that are run: 'all'; 'classes', which are the first setting of each class and those that a
 * known fault concerns; or 'sample', which are these and one in six of the others.
 */
export type SettingSelection = 'all' | 'sample' | 'classes';

const oneIn = 6;

/** The results of one layer class. */
export interface ClassResult {
  readonly className: string;
  /** The number of settings that were run. */
  readonly settings: number;
  /** The largest error of any setting once kernels are repaired, as a share of its largest output. */
  readonly relativeError: number;
  /** The number of settings that the backend computes wrongly before the repair. */
  readonly wrong: number;
  /** The number of settings that TensorFlow.js refuses. */
  readonly refused: number;
  /**
   * The number of settings that can be written to a GraphModel, of those that TensorFlow.js doesn't refuse.
   */
  readonly written: number;
}

/** A setting that was computed wrongly. */
interface WrongSetting {
  readonly title: string;
  readonly relativeError: number;
}

/** The errors of a backend in layers, as TensorFlow.js has it and once it is repaired. */
export interface LayerSweep {
  readonly classes: readonly ClassResult[];
  /** For each known fault that showed, the classes and the number of settings that it made wrong. */
  readonly faults: readonly {
    readonly what: string;
    readonly classNames: string[];
    readonly wrong: number;
  }[];
  /** Settings that are wrong before the repair for no known reason. */
  readonly unknown: readonly WrongSetting[];
  /** Settings that are wrong after the repair, or refused after it only. */
  readonly unrepaired: readonly WrongSetting[];
  /** Settings that are wrong as a GraphModel, once kernels are repaired. */
  readonly wrongGraphs: readonly WrongSetting[];
}

/**
 * Runs settings of every layer class on the backend that `tf` is set to, in stock; then repairs its kernels
 * and runs again whatever they concern, and each setting as a GraphModel.
 */
export async function sweepLayers(
  tf: TensorFlow,
  backend: Pick<BackendAdapter<Tensor>, 'read' | 'floatPrecision'>,
  selection: SettingSelection = 'all',
): Promise<LayerSweep> {
  // A layer sums a few dozen products of numbers near 1, and its activation may come from a table or a
  // polynomial.
  const allowed = backend.floatPrecision === 16 ? 2 ** -7 : 2 ** -14;
  const isWrong = (result: SettingResult) => 'relativeError' in result && !(result.relativeError <= allowed);
  const concerned = (setting: LayerSetting) =>
    faultsOf(descriptionOf(setting)).filter(({ backends }) => backends.includes(tf.getBackend()));
  const firsts = new Set(new Map(layerSettings.toReversed().map((each) => [each.className, each])).values());
  const chosen = layerSettings.filter(
    (setting, index) =>
      selection === 'all' ||
      firsts.has(setting) ||
      (selection === 'sample' && index % oneIn === 0) ||
      concerned(setting).length > 0,
  );
  const stock: SettingResult[] = [];
  for (const setting of chosen) stock.push(await runSetting(tf, backend, setting));
  repairKernels(tf);
  const repaired: SettingResult[] = [];
  for (const [index, setting] of chosen.entries()) {
    const again = isWrong(stock[index]!) || concerned(setting).length > 0;
    repaired.push(again ? await runSetting(tf, backend, setting) : stock[index]!);
  }
  const graphs: SettingResult[] = [];
  for (const [index, setting] of chosen.entries()) {
    const isRefused = 'refused' in repaired[index]!;
    graphs.push(isRefused ? repaired[index]! : await runGraphSetting(tf, backend, setting));
  }
  const wrong = chosen.filter((_, index) => isWrong(stock[index]!));
  return {
    classes: classResults(chosen, stock, repaired, graphs, isWrong),
    faults: faultResults(wrong, concerned),
    unknown: chosen.flatMap((setting, index) =>
      isWrong(stock[index]!) && concerned(setting).length === 0 ? wrongSetting(setting, stock[index]!) : [],
    ),
    unrepaired: chosen.flatMap((setting, index) =>
      isWrong(repaired[index]!) || ('refused' in repaired[index]! && !('refused' in stock[index]!))
        ? wrongSetting(setting, repaired[index]!)
        : [],
    ),
    wrongGraphs: chosen.flatMap((setting, index) =>
      isWrong(graphs[index]!) ? wrongSetting(setting, graphs[index]!) : [],
    ),
  };
}

/** Describes what is wrong with a sweep; the list is empty if nothing is. */
export function sweepFaults({
  unknown,
  unrepaired,
  wrongGraphs,
}: Pick<LayerSweep, 'unknown' | 'unrepaired' | 'wrongGraphs'>): string[] {
  return [
    ...unknown.map(
      ({ title, relativeError }) => `${title} is off by ${relativeError}, and no known fault says so`,
    ),
    ...unrepaired.map(({ title, relativeError }) => `${title} is off by ${relativeError} after the repair`),
    ...wrongGraphs.map(({ title, relativeError }) => `${title} is off by ${relativeError} as a GraphModel`),
  ];
}

function classResults(
  chosen: readonly LayerSetting[],
  stock: readonly SettingResult[],
  repaired: readonly SettingResult[],
  graphs: readonly SettingResult[],
  isWrong: (result: SettingResult) => boolean,
): ClassResult[] {
  const classNames = [...new Set(chosen.map(({ className }) => className))];
  return classNames.map((className) => {
    const own = chosen.flatMap((setting, index) => (setting.className === className ? [index] : []));
    const errors = own.map((index) => {
      const result = repaired[index]!;
      return 'refused' in result ? 0 : result.relativeError;
    });
    return {
      className,
      settings: own.length,
      relativeError: Math.max(...errors),
      wrong: own.filter((index) => isWrong(stock[index]!)).length,
      refused: own.filter((index) => 'refused' in stock[index]!).length,
      written: own.filter((index) => !('refused' in graphs[index]!)).length,
    };
  });
}

function faultResults(
  wrong: readonly LayerSetting[],
  concerned: (setting: LayerSetting) => readonly { readonly what: string }[],
): { what: string; classNames: string[]; wrong: number }[] {
  const found = new Map<string, LayerSetting[]>();
  for (const setting of wrong)
    for (const { what } of concerned(setting)) found.set(what, [...(found.get(what) ?? []), setting]);
  return [...found].map(([what, settings]) => ({
    what,
    classNames: [...new Set(settings.map(({ className }) => className))],
    wrong: settings.length,
  }));
}

function wrongSetting(setting: LayerSetting, result: SettingResult): WrongSetting[] {
  const title = settingTitle(setting);
  if ('refused' in result)
    return [{ title: `${title} (${result.refused})`, relativeError: Number.MAX_VALUE }];
  return [{ title, relativeError: result.relativeError }];
}

function descriptionOf({ className, config, inputShapes }: LayerSetting): LayerDescription {
  return { name: className, className, config, inputShape: inputShapes[0]!.slice(1) };
}
