import type { FusedGoldenResult, GoldenCase } from '@fuseinit/golden';
import type { LayerError } from './layer-errors.js';
import type { MainJobInput, MainJobResult } from './main-job.js';
import type { OpenBackend } from './open-backend.js';
import type { Conformance } from './tasks.js';

/** All that is known of a backend after the suite. */
export interface SuiteResult {
  readonly name: string;
  readonly computesOn: string;
  readonly conformance: Conformance;
  readonly golden: readonly FusedGoldenResult[];
  readonly layers: readonly LayerError[];
  readonly mainJob: MainJobResult;
  readonly seconds: number;
}

/** Conformance, golden cases, layers and the main job, one after the other on one backend. */
export async function runSuite(
  backend: OpenBackend,
  cases: readonly GoldenCase[],
  job: MainJobInput,
  onProgress: (doing: string) => void,
): Promise<SuiteResult> {
  const start = performance.now();
  onProgress('conformance');
  const conformance = await backend.run('conformance', undefined);
  const golden: FusedGoldenResult[] = [];
  for (const [index, golden_] of cases.entries()) {
    onProgress(`golden case ${index + 1} of ${cases.length}`);
    golden.push(await backend.run('golden', golden_));
  }
  onProgress('layers');
  const layers = await backend.run('layers', undefined);
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

/** What is wrong with a result, in words; nothing if it passes. */
export function faultsOf({ conformance, golden, layers, mainJob }: SuiteResult): string[] {
  const faults: string[] = [];
  if (conformance.relativeError > conformance.tolerance)
    faults.push(`a moment is off by ${conformance.relativeError}`);
  for (const line of golden) {
    if (!isWithin(line)) faults.push(`golden case ${line.name} is off: ${JSON.stringify(line)}`);
  }
  for (const { className, relativeError } of layers) {
    // A layer sums a few dozen products of numbers near 1; its activation may be a table's or a polynomial's.
    const allowed = conformance.floatPrecision === 16 ? 2 ** -7 : 2 ** -14;
    if (!(relativeError <= allowed)) faults.push(`${className} is off by ${relativeError}`);
  }
  if (mainJob.leakedTensors !== 0) faults.push(`${mainJob.leakedTensors} tensors were left behind`);
  if (!(mainJob.studentAccuracy >= mainJob.teacherAccuracy - 0.03))
    faults.push(
      `the student has ${mainJob.studentAccuracy} of accuracy, the teacher ${mainJob.teacherAccuracy}: within 0.03 was expected`,
    );
  return faults;
}

/** Whether a golden case is as near to the oracle as the backend's precision allows. */
export function isWithin(result: FusedGoldenResult): boolean {
  return (
    result.geometryEqual &&
    result.kernelError <= result.tolerance &&
    result.biasError <= result.tolerance &&
    result.relativeMseError <= result.relativeMseTolerance
  );
}
