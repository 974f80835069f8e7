import type { BackendAdapter, LayerDescription } from '@fuseinit/core';
import { repairKernels, type Tensor, type TensorFlow } from '@fuseinit/tfjs';
import { faultsOf } from '@fuseinit/tfjs/testing';
import { type LayerSetting, settingTitle } from './layer-setting.js';
import { otherSettings } from './other-settings.js';
import { recurrentSettings } from './recurrent-settings.js';
import { runSetting, type SettingResult } from './run-setting.js';
import { slidingSettings } from './sliding-settings.js';

/** Every layer class of tfjs-layers in every setting that is tried. */
export const layerSettings: readonly LayerSetting[] = [
  ...slidingSettings,
  ...recurrentSettings,
  ...otherSettings,
];

/** All settings; or the first of each class, those that a known fault concerns, and one in so many of the others. */
export type SettingSelection = 'all' | 'few';

const oneIn = 6;

/** What was seen of one layer class. */
export interface ClassResult {
  readonly className: string;
  /** Settings that were tried. */
  readonly settings: number;
  /** The largest error over the largest output, of any setting, once kernels are repaired. */
  readonly relativeError: number;
  /** Settings that are computed wrongly by the backend in stock. */
  readonly wrong: number;
  /** Settings that TensorFlow.js refuses in its own words. */
  readonly refused: number;
}

/** A setting that was computed wrongly, in words. */
interface WrongSetting {
  readonly title: string;
  readonly relativeError: number;
}

/** What a backend computes of the layers, as TensorFlow.js has it and once it is repaired. */
export interface LayerSweep {
  readonly classes: readonly ClassResult[];
  /** What each known fault of the backend was seen to do, by what is wrong. */
  readonly faults: readonly {
    readonly what: string;
    readonly classNames: string[];
    readonly wrong: number;
  }[];
  /** Wrong in stock, and no known fault says so. */
  readonly unknown: readonly WrongSetting[];
  /** Wrong or refused after the repair, and not refused before. */
  readonly unrepaired: readonly WrongSetting[];
}

/**
 * Runs settings of every layer class on the backend that `tf` is set to, in stock; then repairs its kernels and runs
 * again whatever they concern.
 */
export async function sweepLayers(
  tf: TensorFlow,
  backend: Pick<BackendAdapter<Tensor>, 'read' | 'floatPrecision'>,
  selection: SettingSelection = 'all',
): Promise<LayerSweep> {
  // A layer sums a few dozen products of numbers near 1; its activation may be a table's or a polynomial's.
  const allowed = backend.floatPrecision === 16 ? 2 ** -7 : 2 ** -14;
  const isWrong = (result: SettingResult) => 'relativeError' in result && !(result.relativeError <= allowed);
  const concerned = (setting: LayerSetting) =>
    faultsOf(descriptionOf(setting)).filter(({ backends }) => backends.includes(tf.getBackend()));
  const firsts = new Set(new Map(layerSettings.toReversed().map((each) => [each.className, each])).values());
  const chosen = layerSettings.filter(
    (setting, index) =>
      selection === 'all' || firsts.has(setting) || index % oneIn === 0 || concerned(setting).length > 0,
  );
  const stock: SettingResult[] = [];
  for (const setting of chosen) stock.push(await runSetting(tf, backend, setting));
  repairKernels(tf);
  const repaired: SettingResult[] = [];
  for (const [index, setting] of chosen.entries()) {
    const again = isWrong(stock[index]!) || concerned(setting).length > 0;
    repaired.push(again ? await runSetting(tf, backend, setting) : stock[index]!);
  }
  const wrong = chosen.filter((_, index) => isWrong(stock[index]!));
  return {
    classes: classResults(chosen, stock, repaired, isWrong),
    faults: faultResults(wrong, concerned),
    unknown: chosen.flatMap((setting, index) =>
      isWrong(stock[index]!) && concerned(setting).length === 0 ? wrongSetting(setting, stock[index]!) : [],
    ),
    unrepaired: chosen.flatMap((setting, index) =>
      isWrong(repaired[index]!) || ('refused' in repaired[index]! && !('refused' in stock[index]!))
        ? wrongSetting(setting, repaired[index]!)
        : [],
    ),
  };
}

/** What is wrong with a sweep, in words; nothing if it passes. */
export function sweepFaults({ unknown, unrepaired }: LayerSweep): string[] {
  return [
    ...unknown.map(
      ({ title, relativeError }) => `${title} is off by ${relativeError}, and no known fault says so`,
    ),
    ...unrepaired.map(({ title, relativeError }) => `${title} is off by ${relativeError} after the repair`),
  ];
}

function classResults(
  chosen: readonly LayerSetting[],
  stock: readonly SettingResult[],
  repaired: readonly SettingResult[],
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
