import type { TensorFlow } from '@fuseinit/tfjs';

/** Of the native library that runs, if one does and tells. */
export function libtensorflowVersion(tf: TensorFlow): string | undefined {
  const { binding } = tf.backend() as { binding?: { readonly TF_Version?: unknown } };
  return typeof binding?.TF_Version === 'string' ? binding.TF_Version : undefined;
}
