import { fashionImages, firstImages, type LabelledImages, readTeacher } from '@fuseinit/teacher';
import type { MainJobInput } from './main-job.js';

/** Reads the demo's teacher and the first of its images, few enough for plain JavaScript. */
export async function mainJobInput(calibrationCount: number, evaluationCount: number): Promise<MainJobInput> {
  const { modelTopology, weightSpecs, weightData } = await readTeacher();
  const evaluation = firstImages(fashionImages('evaluation'), evaluationCount);
  return {
    topology: modelTopology as object,
    weightSpecs: weightSpecs!,
    weights: Buffer.from(weightData as ArrayBuffer).toString('base64'),
    calibration: byteTextOf(firstImages(fashionImages('calibration'), calibrationCount)),
    calibrationCount,
    evaluation: byteTextOf(evaluation),
    labels: Buffer.from(evaluation.labels).toString('base64'),
  };
}

function byteTextOf({ images }: LabelledImages): string {
  return Buffer.from(Uint8Array.from(images, (pixel) => Math.round(pixel * 255))).toString('base64');
}
