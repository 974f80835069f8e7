import { findSpans, fuse, type LegalSpan } from '@fuseinit/tfjs';
import tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { mnist } from '@fuseinit/test-inputs/mnist';
import { accuracyOf } from './accuracy.js';
import { foreignModel } from './foreign-model.js';

export interface SpanFigures {
  readonly span: string;
  /** The number of layers with weights that were fused into one. */
  readonly affineLayers: number;
  readonly heldOutRelativeMse: number;
  /** The accuracy on the test images, without any training. */
  readonly accuracy: number;
}

/**
 * Fuses spans of a third-party digit network, each alone, on MNIST training images, and measures each student
 * on the test images.
 */
export async function fuseEachSpan(
  name: string,
  {
    calibrationImages,
    testImages,
    wanted,
  }: { calibrationImages: number; testImages: number; wanted: (span: LegalSpan) => boolean },
  onSpan: (figures: SpanFigures) => void = () => {},
): Promise<{ readonly teacher: number; readonly spans: readonly SpanFigures[] }> {
  await tf.setBackend('wasm');
  const teacher = await foreignModel(name);
  const { images, count } = mnist('train', calibrationImages);
  const test = mnist('t10k', testImages);
  const spans: SpanFigures[] = [];
  for (const { from, to, layers } of findSpans(teacher).legal.filter(wanted)) {
    const { student, report } = await fuse(teacher, {
      tf,
      spans: [{ from, to }],
      calibrationData: { data: images, shape: [count, 28, 28, 1] },
    });
    const figures = {
      span: `${from} to ${to}`,
      affineLayers: layers.filter((layer) => teacher.getLayer(layer).weights.length > 0).length,
      heldOutRelativeMse: report.spans[0]!.heldOutRelativeMse!,
      accuracy: accuracyOf(tf, student, test),
    };
    student.dispose();
    spans.push(figures);
    onSpan(figures);
  }
  const accuracy = accuracyOf(tf, teacher, test);
  teacher.dispose();
  return { teacher: accuracy, spans };
}
