import type { BackendAdapter } from '@fuseinit/core';
import { fuse, type LayersModel, type Tensor, type TensorFlow } from '@fuseinit/tfjs';
import type { io } from '@tensorflow/tfjs';

/** A `tf` on a started backend, and the adapter that multiplies on it. */
export interface TaskDevice {
  readonly tf: TensorFlow;
  readonly backend: BackendAdapter<Tensor>;
}

/** The input of the demo's first student with fewer images, as JSON. Bytes are in base64. */
export interface MainJobInput {
  readonly topology: object;
  readonly weightSpecs: readonly io.WeightsManifestEntry[];
  readonly weights: string;
  /** Pixels [calibrationCount, 28, 28, 1], one byte each. */
  readonly calibration: string;
  readonly calibrationCount: number;
  readonly evaluation: string;
  readonly labels: string;
}

export interface MainJobResult {
  readonly teacherAccuracy: number;
  readonly studentAccuracy: number;
  readonly heldOutRelativeMse: number | null;
  /** The seconds that the fusion alone took. */
  readonly seconds: number;
  /** The number of tensors that are left after everything was disposed, less those before. */
  readonly leakedTensors: number;
}

/** Fuses conv3 and conv4 of the FashionMNIST teacher and measures both networks, all on one backend. */
export async function mainJob({ tf, backend }: TaskDevice, input: MainJobInput): Promise<MainJobResult> {
  const before = tf.memory().numTensors;
  const teacher = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: input.topology,
      weightSpecs: [...input.weightSpecs],
      weightData: bytesOf(input.weights).buffer,
    }),
  );
  const images = pixelsOf(input.calibration);
  const start = performance.now();
  const { student, report } = await fuse(teacher, {
    tf,
    backend,
    spans: [{ from: 'conv3', to: 'conv4', kernelSize: 5 }],
    calibrationData: { data: images, shape: [input.calibrationCount, 28, 28, 1] },
  });
  const seconds = (performance.now() - start) / 1000;
  const [evaluation, labels] = [pixelsOf(input.evaluation), bytesOf(input.labels)];
  const [teacherAccuracy, studentAccuracy] = [
    await accuracyOf(tf, backend, teacher, evaluation, labels),
    await accuracyOf(tf, backend, student, evaluation, labels),
  ];
  teacher.dispose();
  student.dispose();
  return {
    teacherAccuracy,
    studentAccuracy,
    heldOutRelativeMse: report.spans[0]!.heldOutRelativeMse,
    seconds,
    leakedTensors: tf.memory().numTensors - before,
  };
}

async function accuracyOf(
  tf: TensorFlow,
  backend: BackendAdapter<Tensor>,
  model: LayersModel,
  images: Float32Array,
  labels: Uint8Array,
): Promise<number> {
  const batch = 100;
  let right = 0;
  for (let start = 0; start < labels.length; start += batch) {
    const end = Math.min(labels.length, start + batch);
    const classes = tf.tidy(() => {
      const input = tf.tensor4d(images.subarray(start * 784, end * 784), [end - start, 28, 28, 1]);
      return (model.predictOnBatch(input) as Tensor).argMax(-1);
    });
    const predicted = await backend.read(classes);
    classes.dispose();
    for (let index = start; index < end; index++) if (predicted[index - start] === labels[index]) right++;
  }
  return right / labels.length;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function pixelsOf(base64: string): Float32Array {
  return Float32Array.from(bytesOf(base64), (byte) => byte / 255);
}
