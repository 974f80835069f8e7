import type { FusedGoldenResult, GoldenCase } from '@fuseinit/golden';
import type { MainJobInput, MainJobResult } from './main-job.js';
import type { OpenBackend } from './open-backend.js';
import { type LayerSweep, type SettingSelection, sweepFaults } from './sweep/layer-sweep.js';
import type { Conformance } from './tasks.js';

/** The results of the suite on one backend. */
export interface SuiteResult {
  readonly name: string;
  readonly computesOn: string;
  readonly conformance: Conformance;
  readonly golden: readonly FusedGoldenResult[];
  readonly layers: LayerSweep;
  readonly mainJob: MainJobResult;
  readonly seconds: number;
}

/**
 * Runs layers, conformance, golden cases and the main job, one after the other, on a backend that was opened
 * without repairs.
 */
export async function runSuite(
  backend: OpenBackend,
  cases: readonly GoldenCase[],
  job: MainJobInput,
  onProgress: (doing: string) => void,
): Promise<SuiteResult> {
  const start = performance.now();
  onProgress('layers');
  const layers = await backend.run('layers', settingsOf(backend));
  onProgress('conformance');
  const conformance = await backend.run('conformance', undefined);
  const golden: FusedGoldenResult[] = [];
  for (const [index, golden_] of cases.entries()) {
    onProgress(`golden case ${index + 1} of ${cases.length}`);
    golden.push(await backend.run('golden', golden_));
  }
  onProgress('main job');
  const mainJob = await backend.run('mainJob', job);
  const seconds = (performance.now() - start) / 1000;
  return {
    name: backend.name,
    computesOn: backend.computesOn,
    conformance,
    golden,
    layers,
    mainJob,
    seconds,
  };
}

/**
 * Selects the settings that a backend runs. A browser without a GPU spends most of its time on compiling a
 * program for each setting. With 16-bit floats, WebGL runs the same programs as with 32 bits.
 */
function settingsOf({ name, halfFloats }: OpenBackend): SettingSelection {
  if (name !== 'webgl') return 'all';
  return halfFloats ? 'classes' : 'sample';
}

/** Describes what is wrong with a result; the list is empty if it passes. */
export function faultsOf({ conformance, golden, layers, mainJob }: SuiteResult): string[] {
  const faults: string[] = [];
  if (conformance.relativeError > conformance.tolerance)
    faults.push(`a moment is off by ${conformance.relativeError}`);
  for (const line of golden) {
    if (!isWithin(line)) faults.push(`golden case ${line.name} is off: ${JSON.stringify(line)}`);
  }
  faults.push(...sweepFaults(layers));
  if (mainJob.leakedTensors !== 0) faults.push(`${mainJob.leakedTensors} tensors were left behind`);
  if (!(mainJob.studentAccuracy >= mainJob.teacherAccuracy - 0.03))
    faults.push(
      `the student has ${mainJob.studentAccuracy} of accuracy, the teacher ${mainJob.teacherAccuracy}: within 0.03 was expected`,
    );
  return faults;
}

/** Whether a golden case is as close to the oracle as the backend's precision allows. */
export function isWithin(result: FusedGoldenResult): boolean {
  return (
    result.geometryEqual &&
    result.kernelError <= result.tolerance &&
    result.biasError <= result.tolerance &&
    result.relativeMseError <= result.relativeMseTolerance
  );
}
