import type { BackendAdapter } from '@fuseinit/core';
import { findSpans, fuse, type LayersModel, type Tensor, type TensorFlow } from '@fuseinit/tfjs';
import { artifactsOf, modelFrom } from '@fuseinit/tfjs/internal';
import type { io } from '@tensorflow/tfjs';
import type { Fusion, Initialization, Start } from '../experiment.js';
import type { FusionLine } from '../results/result-line.js';
import type { LabelledTensors } from '../trial/trial-data.js';
import { drawWeights } from './build-teacher.js';
import { composeLinear } from './compose-linear.js';

/** The result of a fusion, before it is assigned to a trial. */
type FusionOutcome = Omit<FusionLine, 'type' | 'purpose' | 'seed' | 'stage'>;

/** Makes the students of one stage, before training. */
export interface Starts {
  /** Returns a new student with these weights. The caller disposes it. */
  make(start: Start): Promise<LayersModel>;
}

export interface StartsOptions {
  readonly tf: TensorFlow;
  readonly backend: BackendAdapter<Tensor>;
  readonly teacher: LayersModel;
  readonly fusion: Fusion;
  readonly calibration: LabelledTensors['inputs'];
  readonly initialization: Initialization;
  readonly seed: number;
  readonly onFusion: (outcome: FusionOutcome) => void;
}

/** Offers all starts for a student of one fusion. Each fusion is solved once, when it is first needed. */
export function createStarts(options: StartsOptions): Starts {
  const { tf, teacher, fusion, initialization, seed } = options;
  const made = new Map<string, Promise<io.ModelArtifacts>>();
  const fused = (start: 'independent' | 'fused' | 'refitted') => {
    let artifacts = made.get(start);
    if (!artifacts) {
      artifacts = fuseOnce(options, start);
      made.set(start, artifacts);
    }
    return artifacts;
  };
  const fusedName = `${fusion.from}_${fusion.to}`;
  return {
    async make(start) {
      if (start === 'independent' || start === 'fused' || start === 'refitted')
        return modelFrom(tf, await fused(start));
      const student = await modelFrom(tf, await fused('fused'));
      if (start === 'random') drawWeights(tf, student, initialization, seed);
      if (start === 'inherited')
        drawWeights(tf, student, initialization, seed, (layerName) => layerName === fusedName);
      if (start === 'composed') setComposed(tf, teacher, student, fusion, fusedName);
      return student;
    },
  };
}

async function fuseOnce(
  { tf, backend, teacher, fusion, calibration, onFusion }: StartsOptions,
  start: 'independent' | 'fused' | 'refitted',
): Promise<io.ModelArtifacts> {
  const begun = performance.now();
  const { student, report } = await fuse(teacher, {
    tf,
    backend,
    spans: [fusion],
    calibrationData: calibration,
    channelCoupling: start === 'independent' ? 'independent' : 'full',
    refit: start === 'refitted' ? 'downstream' : 'none',
  });
  const seconds = (performance.now() - begun) / 1000;
  const artifacts = await artifactsOf(tf, student);
  student.dispose();
  const { heldOutRelativeMse, ridge, geometry } = report.spans[0]!;
  onFusion({
    start,
    heldOutRelativeMse,
    ridge,
    kernelSize: geometry?.kernelSize ?? null,
    teacher: costIn(report.teacher),
    student: costIn(report.student),
    seconds,
  });
  return artifacts;
}

function costIn({ depth, parameters, multiplyAdds }: FusionLine['student']): FusionLine['student'] {
  return { depth, parameters, multiplyAdds };
}

function setComposed(
  tf: TensorFlow,
  teacher: LayersModel,
  student: LayersModel,
  { from, to }: Fusion,
  fusedName: string,
): void {
  const span = findSpans(teacher).legal.find((legal) => legal.from === from && legal.to === to)!;
  const layer = student.getLayer(fusedName);
  const kernelSize = span.kernelSize && (layer.getConfig().kernelSize as number[]);
  const { kernel, bias } = composeLinear(tf, teacher, span.layers, span.kernelSize, kernelSize);
  layer.setWeights([kernel, bias]);
  tf.dispose([kernel, bias]);
}
